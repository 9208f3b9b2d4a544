//! Moving one watcher from rule to rule.

use crate::answer::Result;
use crate::document::{Draft, Selected};

use super::change::{Change, Place, except_element, insert_rule, last_in};
use super::condition::{Except, Identity, Truth};
use super::handling::Handling;
use super::names::{ROOT, policy_children};
use super::rule::PresenceRule;
use super::rules_data::PresenceRulesData;
use super::style::Style;
use super::watcher::Watcher;

/// OMA's rules. Each has a fixed meaning, and programs that know it may write the rule anew.
const RESERVED: [&str; 2] = ["wp_prs_", "rcs_"];

/// The watcher to move, and the handling that he gets.
pub(super) struct Move<'a> {
    pub(super) uri: &'a str,
    pub(super) watcher: Watcher,
    pub(super) handling: Handling,
}

impl Move<'_> {
    /// Removes the watcher from the rules that name him for another handling or give him more. Only
    /// rules that have no condition but their identity are changed. Returns whether any did.
    ///
    /// It works from the end of the document, because an index stays valid only while nothing
    /// before it changes. `rules` are those of the draft.
    pub(super) fn take_out(&self, draft: &mut Draft, rules: &PresenceRulesData) -> Result<bool> {
        let mut is_changed = false;
        for (index, rule) in rules.rules().iter().enumerate().rev() {
            if rule.matches(&self.watcher) == Truth::No {
                continue;
            }
            while let Some(change) = self.next_change(draft, index)? {
                change.apply(draft)?;
                is_changed = true;
            }
        }
        Ok(is_changed)
    }

    /// The next change of this rule.
    fn next_change(&self, draft: &Draft, index: usize) -> Result<Option<Change>> {
        let rules = policy_children(&ROOT.of(draft)?, "rule");
        let element = rules.get(index);
        let change = element.map(|e| self.change_of(draft, &PresenceRule::read(e), e));
        change.transpose().map(Option::flatten)
    }

    fn change_of(
        &self,
        draft: &Draft,
        rule: &PresenceRule,
        element: &Selected<'_>,
    ) -> Result<Option<Change>> {
        let Some(identity) = rule.only_identity().filter(|_| !self.is_served_by(rule)) else {
            return Ok(None);
        };
        let children = identity_children(element);
        let matching = || {
            let holds = |child: &Identity| child.holds(&self.watcher) >= Truth::Maybe;
            identity.iter().zip(&children).filter(move |(child, _)| holds(child))
        };
        let ones = || matching().filter(|(child, _)| matches!(child, Identity::One(_)));
        if let Some((_, one)) = ones().next_back() {
            // A rule without its last `one` would have no condition, and would hold for everybody.
            let goes_whole = ones().count() == identity.len();
            let gone = if goes_whole { element } else { one };
            return Ok(Some(Change::Remove(gone.selector())));
        }
        let mut manys = matching().filter(|(child, _)| matches!(child, Identity::Many(_)));
        match manys.next().filter(|_| rule.at_most > self.handling) {
            Some((_, many)) => {
                let style = Style::inside(draft, many)?;
                let except = except_element(&style, &Except::of_id(self.uri));
                Ok(Some(Change::Insert(last_in(many).with_attr("id", self.uri), except)))
            }
            None => Ok(None),
        }
    }

    /// Names the watcher for the handling, unless he has it already. He goes into the first rule
    /// that names watchers for this handling only, if no rule before it is about him. Otherwise a
    /// new rule goes in front of all. `rules` are those of the draft.
    pub(super) fn put_in(&self, draft: &mut Draft, rules: &PresenceRulesData) -> Result<()> {
        if rules.handling(self.uri) == Some(self.handling) {
            return Ok(());
        }
        let elements = policy_children(&ROOT.of(draft)?, "rule");
        let is_free = |rule: &PresenceRule| rule.matches(&self.watcher) == Truth::No;
        let reachable = rules.rules().iter().zip(&elements).take_while(|(rule, _)| is_free(rule));
        let found =
            reachable.filter(|(rule, _)| self.fits(rule)).map(|(_, element)| element).next();
        let Some(identity) = found.and_then(identity_of) else {
            let one = |style: &Style| style.policy("one").attr("id", self.uri);
            let stem = format!("{}-watchers", self.handling);
            return insert_rule(draft, Place::First, self.handling, (&stem, one));
        };
        let one = Style::inside(draft, &identity)?.policy("one").attr("id", self.uri);
        let selector = last_in(&identity).with_attr("id", self.uri);
        Change::Insert(selector, one).apply(draft)
    }

    /// Whether a rule names watchers for the handling, and has no other condition.
    fn fits(&self, rule: &PresenceRule) -> bool {
        let is_reserved =
            rule.id().is_some_and(|id| RESERVED.iter().any(|reserved| id.starts_with(reserved)));
        let names_only =
            |identity: &[Identity]| identity.iter().all(|child| matches!(child, Identity::One(_)));
        self.is_served_by(rule) && !is_reserved && rule.only_identity().is_some_and(names_only)
    }

    /// Whether a rule gives what is wanted, and nothing more.
    fn is_served_by(&self, rule: &PresenceRule) -> bool {
        (rule.handling(), rule.at_most) == (self.handling, self.handling)
    }
}

/// The identity of a rule, if it has exactly one.
pub(super) fn identity_of<'x>(rule: &Selected<'x>) -> Option<Selected<'x>> {
    let conditions = policy_children(rule, "conditions");
    conditions.first().and_then(|conditions| policy_children(conditions, "identity").pop())
}

/// The children of a rule's identity.
pub(super) fn identity_children<'x>(rule: &Selected<'x>) -> Vec<Selected<'x>> {
    identity_of(rule).map(|identity| identity.children()).unwrap_or_default()
}
