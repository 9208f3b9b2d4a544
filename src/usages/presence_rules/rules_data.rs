//! All rules of a document, and their combined result (RFC 4745 section 10, RFC 5025 section
//! 3.2.1).

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::usages::uri::Uri;

use super::condition::Truth;
use super::handling::Handling;
use super::names::{ROOT, policy_children};
use super::rule::PresenceRule;
use super::watcher::Watcher;

/// Presence rules as plain data. [`PresenceRules::read`](super::PresenceRules::read) returns them.
///
/// ```
/// use xcaplib::usages::{Handling, PresenceRules};
///
/// let text = r#"<cp:ruleset xmlns:cp="urn:ietf:params:xml:ns:common-policy"
///     xmlns="urn:ietf:params:xml:ns:pres-rules">
///   <cp:rule id="everybody">
///     <cp:conditions><cp:identity><cp:many/></cp:identity></cp:conditions>
///     <cp:actions><sub-handling>confirm</sub-handling></cp:actions>
///   </cp:rule>
///   <cp:rule id="at-work">
///     <cp:conditions>
///       <cp:identity><cp:many domain="example.com"/></cp:identity>
///       <cp:sphere value="work"/>
///     </cp:conditions>
///     <cp:actions><sub-handling>allow</sub-handling></cp:actions>
///   </cp:rule>
/// </cp:ruleset>"#;
/// let rules = PresenceRules::read(text)?;
/// let bob = "sip:bob@example.com";
/// assert_eq!(rules.handling(bob), Some(Handling::Confirm));
/// // The document does not tell whether the user is at work.
/// assert_eq!(rules.handling_at_most(bob), Some(Handling::Allow));
/// assert_eq!(rules.handling_at_most("tel:+15550100"), Some(Handling::Confirm));
/// let about: Vec<_> = rules.about(bob).filter_map(|rule| rule.id()).collect();
/// assert_eq!(about, ["everybody", "at-work"]);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceRulesData {
    rules: Vec<PresenceRule>,
}

impl PresenceRulesData {
    pub(super) fn read(root: &Selected<'_>) -> Self {
        Self { rules: policy_children(root, "rule").iter().map(PresenceRule::read).collect() }
    }

    pub(super) fn of(draft: &Draft) -> Result<Self> {
        ROOT.of(draft).map(|root| Self::read(&root))
    }

    /// The rules, in document order.
    #[must_use]
    pub fn rules(&self) -> &[PresenceRule] {
        &self.rules
    }

    /// The handling of a watcher's subscription by the rules that certainly match. `None` if no
    /// rule does; a server takes that for a block (RFC 5025 section 3.2.1).
    ///
    /// The watcher is somebody whom a server has authenticated under this URI. The greatest
    /// handling wins (RFC 4745 section 10.2), so a block has no effect if another rule says more.
    /// URIs are compared as RFC 3261 section 19.1.4 says, and two URIs of different schemes are
    /// never the same (RFC 5025 section 3.1.1.2). The domain that `many` and `except` name is the
    /// host in the URI (RFC 4745 section 7.1.3); a telephone number is in no domain.
    #[must_use]
    pub fn handling(&self, uri: &str) -> Option<Handling> {
        self.combined(&Watcher::of(uri), Truth::Yes)
    }

    /// The greatest handling that a watcher's subscription may get: rules that may match count as
    /// if they did match. `None` if no rule is about the watcher.
    ///
    /// A rule may match if one of its conditions depends on something that the document does not
    /// tell. That can be the state of the user (`sphere`, RFC 4745 section 7.3), the time
    /// (`validity`, section 7.4), a list elsewhere (OMA's `external-list`), what the server takes
    /// for unlisted (OMA's `other-identity`, even if another rule names the watcher), or a
    /// condition that is not known here. A rule that does not have the shape that the RFC gives it
    /// may match, too. So may an `identity` without children. A `sub-handling` with another value
    /// than the four may be taken for any of them. OMA's `anonymous-request` never matches, since
    /// this watcher has a URI.
    #[must_use]
    pub fn handling_at_most(&self, uri: &str) -> Option<Handling> {
        self.combined(&Watcher::of(uri), Truth::Maybe)
    }

    /// The [`handling`](Self::handling) of watchers whom the rules neither name nor except, and
    /// whose domain they do not name either.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Handling, PresenceRules};
    ///
    /// let mut draft = Draft::new(PresenceRules::empty(), None)?;
    /// let mut rules = PresenceRules::of(&mut draft)?;
    /// assert_eq!(rules.default_handling(), None);
    /// rules.set_default(Handling::Confirm)?;
    /// assert_eq!(rules.default_handling(), Some(Handling::Confirm));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn default_handling(&self) -> Option<Handling> {
        self.combined(&Watcher::stranger(), Truth::Yes)
    }

    /// The watchers whom a rule names individually and whose [`handling`](Self::handling) is this
    /// one. Each comes once, in document order, as the first rule writes it.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Handling, PresenceRules};
    ///
    /// let mut draft = Draft::new(PresenceRules::empty(), None)?;
    /// let mut rules = PresenceRules::of(&mut draft)?;
    /// rules.set("sip:eve@example.com", Handling::Block)?;
    /// rules.set("sip:bob@example.com", Handling::Allow)?;
    /// assert_eq!(rules.watchers(Handling::Block), ["sip:eve@example.com"]);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn watchers(&self, handling: Handling) -> Vec<&str> {
        let mut seen: Vec<Uri> = Vec::new();
        let mut watchers = Vec::new();
        for named in self.rules.iter().flat_map(PresenceRule::named) {
            let uri = Uri::read(named);
            if seen.iter().any(|seen| seen.is_same(&uri)) {
                continue;
            }
            seen.push(uri);
            if self.handling(named) == Some(handling) {
                watchers.push(named);
            }
        }
        watchers
    }

    /// The rules that match a watcher or may match him, in document order.
    ///
    /// Some servers let the first rule that matches decide, whatever the others say. If the
    /// [`handling`](PresenceRule::handling) of the first of these rules differs from that of the
    /// watcher, such a server does something else.
    pub fn about(&self, uri: &str) -> impl Iterator<Item = &PresenceRule> {
        let watcher = Watcher::of(uri);
        self.rules.iter().filter(move |rule| rule.matches(&watcher) >= Truth::Maybe)
    }

    /// The combined handling of the rules that match with at least this certainty.
    fn combined(&self, watcher: &Watcher, least: Truth) -> Option<Handling> {
        let matching = self.rules.iter().filter(|rule| rule.matches(watcher) >= least);
        let says =
            |rule: &PresenceRule| if least == Truth::Yes { rule.handling() } else { rule.at_most };
        matching.map(says).max()
    }

    /// Whether the watcher certainly gets exactly this handling.
    pub(super) fn is_exactly(&self, watcher: &Watcher, handling: Handling) -> bool {
        let wanted = Some(handling);
        [Truth::Yes, Truth::Maybe].iter().all(|least| self.combined(watcher, *least) == wanted)
    }

    /// The first rule that may give the watcher more than this handling.
    pub(super) fn giving_more(
        &self,
        watcher: &Watcher,
        handling: Handling,
    ) -> Option<&PresenceRule> {
        let mut rules = self.rules.iter();
        rules.find(|rule| rule.matches(watcher) >= Truth::Maybe && rule.at_most > handling)
    }
}

/// A selector of the first rule with this id.
pub(super) fn selector_of(draft: &Draft, id: &str) -> Result<NodeSelector> {
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    let found = rules.iter().find(|rule| PresenceRule::read(rule).id() == Some(id));
    Ok(found.map_or_else(|| NodeSelector::root("*"), Selected::selector))
}
