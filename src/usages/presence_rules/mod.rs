//! Who may see the user's presence (RFC 4745, RFC 5025, OMA's presence rules).

mod change;
mod condition;
mod default_rule;
mod handling;
mod membership;
mod names;
mod provided;
mod providing;
mod rule;
mod rules_data;
mod style;
mod watcher;

use std::ops::Deref;

use crate::answer::{Error, Result};
use crate::document::Draft;
use crate::text::printable;
use crate::usages::value;

pub use handling::Handling;
pub use rule::PresenceRule;
pub use rules_data::PresenceRulesData;

use membership::Move;
use names::ROOT;
use provided::EVERYTHING;
use watcher::Watcher;

/// Not written `<ruleset/>`, because some servers put nothing into such an element.
const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <ruleset xmlns=\"urn:ietf:params:xml:ns:common-policy\" \
    xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"></ruleset>\n";

/// Presence rules in a [`Draft`]: who may see the user's presence (RFC 5025, and OMA's form of it,
/// `org.openmobilealliance.pres-rules`).
///
/// The view reads like a [`PresenceRulesData`]. [`handling`](PresenceRulesData::handling) is the
/// result of the rules that certainly match.
/// [`handling_at_most`](PresenceRulesData::handling_at_most) also counts the rules that may match,
/// for instance depending on the time or on the user's state. A change is made only in rules whose
/// only condition is their `identity`. All other rules stay byte for byte, and so does everything
/// in the document that this crate does not know. New elements get the prefixes that the document
/// uses.
///
/// ```
/// use xcaplib::usages::{Handling, PresenceRules};
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
///
/// let mut rules = client.request("pres-rules").open_or_insert(PresenceRules::empty())?;
/// rules.edit(|draft| {
///     let mut rules = PresenceRules::of(draft)?;
///     rules.set_default(Handling::Confirm)?;
///     rules.set("sip:bob@example.com", Handling::Allow)?;
///     rules.set("sip:eve@example.com", Handling::Block)
/// })?;
/// let rules = PresenceRules::read(rules.text())?;
/// assert_eq!(rules.handling("sip:bob@example.com"), Some(Handling::Allow));
/// assert_eq!(rules.handling("sip:eve@example.com"), Some(Handling::Block));
/// assert_eq!(rules.handling("sip:carol@example.com"), Some(Handling::Confirm));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct PresenceRules<'d> {
    draft: &'d mut Draft,
    rules: PresenceRulesData,
}

impl PresenceRules<'_> {
    /// A document without rules, which blocks everybody. Use it for
    /// [`open_or_insert`](crate::Request::open_or_insert).
    #[must_use]
    pub const fn empty() -> &'static str {
        EMPTY
    }

    /// Reads rules as plain data.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) if the text is not well-formed,
    /// [`is_invalid_input`](Error::is_invalid_input) if its root element is not `ruleset` of RFC
    /// 4745.
    pub fn read(xml: &str) -> Result<PresenceRulesData> {
        ROOT.read(xml).map(|root| PresenceRulesData::read(&root))
    }
}

impl<'d> PresenceRules<'d> {
    /// The rules in a draft.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if its root element is not `ruleset` of RFC
    /// 4745.
    pub fn of(draft: &'d mut Draft) -> Result<Self> {
        let rules = PresenceRulesData::of(draft)?;
        Ok(Self { draft, rules })
    }

    /// Gives a watcher this handling, and changes the handling of nobody else. Afterwards
    /// [`handling`](PresenceRulesData::handling) and
    /// [`handling_at_most`](PresenceRulesData::handling_at_most) both return what was asked for. If
    /// they do so already, nothing changes.
    ///
    /// The call works on rules whose only condition is `identity`. It removes the watcher's `<one>`
    /// from rules for another handling, and adds an `<except>` for him to a `<many>` that would
    /// give him more. If a rule loses its last `<one>`, the whole rule is removed, since a rule
    /// without conditions is open to everybody. Then the call names the watcher in the first rule
    /// that names watchers for this handling, or in a new one. The new rule stands in front of the
    /// rules that are about him, because some servers let the first rule decide. A new rule that
    /// allows shows everything; [`provide`](Self::provide) changes that.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Handling, PresenceRules};
    ///
    /// let mut draft = Draft::new(PresenceRules::empty(), None)?;
    /// let mut rules = PresenceRules::of(&mut draft)?;
    /// rules.set_default(Handling::Allow)?;
    /// rules.set("sip:eve@example.com", Handling::PoliteBlock)?;
    /// assert_eq!(rules.handling("sip:eve@example.com"), Some(Handling::PoliteBlock));
    /// assert_eq!(rules.handling_at_most("sip:eve@example.com"), Some(Handling::PoliteBlock));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for a text that is not a URI, and if a rule is
    /// in the way that may give the watcher more and has another condition or none; the error names
    /// that rule. The errors of [`Draft::insert`] and [`Draft::delete`]. The draft stays as it was.
    pub fn set(&mut self, uri: &str, handling: Handling) -> Result<()> {
        // A server cannot match a watcher whose name is not a URI (RFC 4745 section 7.2).
        value::absolute_uri("URI of the watcher", uri)?;
        let change = Move { uri, watcher: Watcher::of(uri), handling };
        self.change(
            &Watcher::of(uri),
            &format!("`{}`", printable(uri)),
            handling,
            |draft, rules| {
                let is_changed = change.take_out(draft, rules)?;
                let changed = is_changed.then(|| PresenceRulesData::of(draft)).transpose()?;
                change.put_in(draft, changed.as_ref().unwrap_or(rules))
            },
        )
    }

    /// Gives this handling to everybody whom no rule names, by a rule for `<many/>`. Afterwards
    /// [`default_handling`](PresenceRulesData::default_handling) returns what was asked for.
    ///
    /// The call changes the first rule that is for everybody and has no other condition. If there
    /// is none, it adds a rule after all others. It removes other rules for everybody if they give
    /// more. If the rules give less to somebody, by his URI or by his domain, he is excepted from
    /// the rule, so that he gets no more by it (RFC 5025 section 3.2.1). This also holds if his
    /// rule has other conditions, such as a time.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Handling, PresenceRules};
    ///
    /// let mut draft = Draft::new(PresenceRules::empty(), None)?;
    /// let mut rules = PresenceRules::of(&mut draft)?;
    /// rules.set("sip:eve@example.com", Handling::Block)?;
    /// rules.set_default(Handling::Allow)?;
    /// assert_eq!(rules.handling("sip:bob@example.com"), Some(Handling::Allow));
    /// assert_eq!(rules.handling("sip:eve@example.com"), Some(Handling::Block));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if a rule that may give everybody more is in
    /// the way; the error names it. The errors of [`Draft::insert`] and [`Draft::delete`]. The
    /// draft stays as it was.
    pub fn set_default(&mut self, handling: Handling) -> Result<()> {
        self.change(&Watcher::stranger(), "the default", handling, |draft, _| {
            default_rule::set(draft, handling)
        })
    }

    /// Makes a rule show its watchers exactly these parts of the user's presence (RFC 5025 section
    /// 3.3). Each is the name of a transformation, which shows as much as it can: all services for
    /// `provide-services`, everything for `provide-all-attributes`.
    ///
    /// Other transformations of RFC 5025 are removed from the rule, and those of other namespaces
    /// stay. Attributes are shown only for the services, persons and devices that are provided. So
    /// the watchers see nothing if none of these is provided.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Handling, PresenceRules};
    ///
    /// let mut draft = Draft::new(PresenceRules::empty(), None)?;
    /// let mut rules = PresenceRules::of(&mut draft)?;
    /// rules.set("sip:bob@example.com", Handling::Allow)?;
    /// rules.provide("allow-watchers", &["provide-persons", "provide-mood"])?;
    /// assert_eq!(rules.rules()[0].provided(), ["provide-persons", "provide-mood"]);
    /// rules.provide_all("allow-watchers")?;
    /// assert!(rules.rules()[0].provided().contains(&"provide-all-attributes".to_owned()));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if no rule has this id, if the rule does not
    /// allow and so can show nothing, and for a name that is not a transformation, or that means
    /// nothing by itself (`provide-unknown-attribute`). The draft stays as it was.
    pub fn provide(&mut self, rule: &str, names: &[&str]) -> Result<()> {
        let mut found = self.rules.rules().iter().filter(|known| known.id() == Some(rule));
        let shown = printable(rule);
        let found = found.next().ok_or_else(|| {
            Error::invalid_input(format!("there is no rule `{shown}`, so it can provide nothing"))
        })?;
        if found.handling() != Handling::Allow {
            return Err(Error::invalid_input(format!(
                "the rule `{shown}` says {}, so it can provide nothing; it has to allow",
                found.handling()
            )));
        }
        let mut next = self.draft.clone();
        let selector = rules_data::selector_of(&next, rule)?;
        providing::provide(&mut next, &selector, names)?;
        self.rules = PresenceRulesData::of(&next)?;
        *self.draft = next;
        Ok(())
    }

    /// Makes a rule show its watchers everything, like [`provide`](Self::provide).
    ///
    /// # Errors
    ///
    /// The errors of [`provide`](Self::provide).
    pub fn provide_all(&mut self, rule: &str) -> Result<()> {
        self.provide(rule, &EVERYTHING)
    }

    /// Changes a copy of the draft, and keeps it if the watcher then has the wanted handling.
    fn change(
        &mut self,
        watcher: &Watcher,
        shown: &str,
        handling: Handling,
        make: impl FnOnce(&mut Draft, &PresenceRulesData) -> Result<()>,
    ) -> Result<()> {
        if self.rules.is_exactly(watcher, handling) {
            return Ok(());
        }
        let mut next = self.draft.clone();
        make(&mut next, &self.rules)?;
        let rules = PresenceRulesData::of(&next)?;
        if let Some(rule) = rules.giving_more(watcher, handling) {
            return Err(Error::invalid_input(format!(
                "{shown} cannot get {handling}: {} gives {}, and {}; change or remove that rule",
                rule.shown(),
                rule.at_most,
                rule.fixed_because()
            )));
        }
        (*self.draft, self.rules) = (next, rules);
        Ok(())
    }
}

impl Deref for PresenceRules<'_> {
    type Target = PresenceRulesData;

    fn deref(&self) -> &PresenceRulesData {
        &self.rules
    }
}
