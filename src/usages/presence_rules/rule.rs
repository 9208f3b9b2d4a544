//! One rule as it was read (RFC 4745 section 6, RFC 5025 section 3).

use crate::document::Selected;
use crate::text::printable;
use crate::usages::policy;
use crate::xml;

use super::condition::{Condition, Except, Identity, Many, Truth, all_hold};
use super::handling::Handling;
use super::names::{is_oma, is_policy, is_presence, policy_children};
use super::provided;
use super::watcher::{Domain, Id, Watcher};

/// A rule of a [`PresenceRulesData`](super::PresenceRulesData).
///
/// ```
/// use xcaplib::usages::{Handling, PresenceRules};
///
/// let text = r#"<ruleset xmlns="urn:ietf:params:xml:ns:common-policy"
///     xmlns:pr="urn:ietf:params:xml:ns:pres-rules">
///   <rule id="friends">
///     <conditions><identity><one id="sip:bob@example.com"/></identity></conditions>
///     <actions><pr:sub-handling>allow</pr:sub-handling></actions>
///     <transformations><pr:provide-mood>true</pr:provide-mood></transformations>
///   </rule>
/// </ruleset>"#;
/// let rules = PresenceRules::read(text)?;
/// let friends = &rules.rules()[0];
/// assert_eq!((friends.id(), friends.handling()), (Some("friends"), Handling::Allow));
/// assert_eq!(friends.named().collect::<Vec<_>>(), ["sip:bob@example.com"]);
/// assert_eq!(friends.provided(), ["provide-mood"]);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresenceRule {
    id: Option<String>,
    /// Whether it contains only what the RFC allows in a rule.
    is_regular: bool,
    pub(super) conditions: Vec<Condition>,
    handling: Handling,
    /// The most that a server may make of an invalid `sub-handling`.
    pub(super) at_most: Handling,
    provided: Vec<String>,
}

impl PresenceRule {
    pub(super) fn read(element: &Selected<'_>) -> Self {
        let parts = |name| policy_children(element, name);
        let children = |name| parts(name).iter().flat_map(Selected::children).collect::<Vec<_>>();
        let actions = children("actions");
        let said: Vec<_> = actions
            .iter()
            .filter(|action| action.name() == "sub-handling")
            .map(|action| {
                let text = action.text();
                let name = text.trim_matches(xml::is_whitespace);
                Handling::named(name).filter(|_| is_presence(action, "sub-handling"))
            })
            .collect();
        let handling = said.iter().flatten().max().copied().unwrap_or(Handling::Block);
        Self {
            id: element.attr("id").map(|id| id.trim_matches(xml::is_whitespace).to_owned()),
            is_regular: policy::is_regular(element, is_policy),
            conditions: children("conditions").iter().map(Condition::read).collect(),
            handling,
            at_most: if said.contains(&None) { Handling::Allow } else { handling },
            provided: provided::names(&children("transformations")),
        }
    }

    /// Its id, which is unique in the document. `None` if it has none, which the schema forbids.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The handling that it gives. It is [`Block`](Handling::Block) if the rule does not say (RFC
    /// 5025 section 3.2.1).
    #[must_use]
    pub fn handling(&self) -> Handling {
        self.handling
    }

    /// The URIs that its conditions name individually, in document order, as they are written.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.identities().filter_map(|identity| match identity {
            Identity::One(id) => Some(id.text.as_str()),
            Identity::Many(_) | Identity::Unknown(_) => None,
        })
    }

    /// The transformations of RFC 5025 that give a watcher something, by their names, such as
    /// `provide-services`.
    ///
    /// They count only if the handling of the watcher is [`Allow`](Handling::Allow). If none of
    /// `provide-services`, `provide-persons` and `provide-devices` is among them, the watcher is
    /// shown an empty document.
    #[must_use]
    pub fn provided(&self) -> &[String] {
        &self.provided
    }

    /// The children of all its identities.
    pub(super) fn identities(&self) -> impl Iterator<Item = &Identity> {
        self.conditions.iter().flat_map(|condition| match condition {
            Condition::Identity(children) => children.as_slice(),
            Condition::Anonymous | Condition::Unknown(_) => &[],
        })
    }

    pub(super) fn matches(&self, watcher: &Watcher) -> Truth {
        if self.is_regular { all_hold(&self.conditions, watcher) } else { Truth::Maybe }
    }

    /// The children of its identity, if it has no other condition.
    pub(super) fn only_identity(&self) -> Option<&[Identity]> {
        match self.conditions.as_slice() {
            [Condition::Identity(children)] if self.is_regular && !children.is_empty() => {
                Some(children)
            }
            _ => None,
        }
    }

    /// How an error names the rule.
    pub(super) fn shown(&self) -> String {
        policy::shown(self.id.as_deref())
    }

    /// Why no watcher can be taken out of the rule.
    pub(super) fn fixed_because(&self) -> String {
        let unknown: Vec<_> = self.conditions.iter().flat_map(Condition::unknown).collect();
        if !self.is_regular {
            "is not of the shape that RFC 4745 gives a rule".to_owned()
        } else if self.conditions.is_empty() {
            "has no conditions, so that it holds for everybody".to_owned()
        } else if unknown.is_empty() {
            "has more conditions than one `identity`".to_owned()
        } else {
            let unknown: Vec<_> =
                unknown.iter().map(|name| format!("`{}`", printable(name))).collect();
            format!("may match by what the document does not tell: {}", unknown.join(", "))
        }
    }
}

impl Condition {
    fn read(element: &Selected<'_>) -> Self {
        if is_policy(element, "identity") {
            return Self::Identity(element.children().iter().map(Identity::read).collect());
        }
        if is_oma(element, "anonymous-request") {
            return Self::Anonymous;
        }
        Self::Unknown(element.name().to_owned())
    }
}

impl Identity {
    fn read(element: &Selected<'_>) -> Self {
        match id_of(element) {
            Some(id) if is_policy(element, "one") => Self::One(id),
            _ if is_policy(element, "many") => Self::Many(Many::read(element)),
            _ => Self::Unknown(element.name().to_owned()),
        }
    }
}

impl Many {
    fn read(element: &Selected<'_>) -> Self {
        let excepts = policy_children(element, "except");
        Self {
            domain: domain_of(element),
            excepts: excepts
                .iter()
                .map(|except| Except { id: id_of(except), domain: domain_of(except) })
                .collect(),
        }
    }
}

fn id_of(element: &Selected<'_>) -> Option<Id> {
    element.attr("id").map(|id| Id::read(id.trim_matches(xml::is_whitespace)))
}

fn domain_of(element: &Selected<'_>) -> Option<Domain> {
    element.attr("domain").map(|domain| Domain::read(&domain))
}
