//! The rule for everybody whom no other rule names.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::xml::Element;

use super::change::{Change, Place, except_element, insert_rule};
use super::condition::{Except, Identity, Many, Truth};
use super::handling::Handling;
use super::membership::{identity_children, identity_of};
use super::names::{ROOT, is_presence, policy_children};
use super::provided::EVERYTHING;
use super::providing::provide;
use super::rule::PresenceRule;
use super::rules_data::PresenceRulesData;
use super::style::Style;
use super::watcher::Watcher;

/// Gives `<many/>` this handling: in the first rule that is for nothing else, or in a new one at
/// the end. Watchers whom the rules name for less are excepted.
pub(super) fn set(draft: &mut Draft, handling: Handling) -> Result<()> {
    let left_out = left_out(draft, handling)?;
    while let Some(change) = next_removal(draft, handling)? {
        change.apply(draft)?;
    }
    if change_own(draft, handling, &left_out)?
        || PresenceRulesData::of(draft)?.default_handling() == Some(handling)
    {
        return Ok(());
    }
    let many = |style: &Style| {
        let excepts = left_out.iter().map(|except| except_element(style, except));
        excepts.fold(style.policy("many"), Element::child)
    };
    insert_rule(draft, Place::Last, handling, ("everybody", many))
}

/// The watchers to except from the default. These are the watchers whom a rule names for less,
/// since the default would give them more. The exceptions of the present default rules are also
/// among them, since those rules may be about to go.
fn left_out(draft: &Draft, handling: Handling) -> Result<Vec<Except>> {
    let rules = PresenceRulesData::of(draft)?;
    let mut excepts: Vec<Except> = Vec::new();
    for rule in rules.rules() {
        let is_less = rule.handling() < handling;
        for identity in rule.identities() {
            match identity {
                Identity::One(id) if is_less => excepts.push(Except::of_id(&id.text)),
                Identity::Many(Many { domain: Some(domain), .. }) if is_less => {
                    excepts.push(Except::of_domain(&domain.text));
                }
                Identity::Many(many) if is_default(identity) && rule.only_identity().is_some() => {
                    excepts.extend(many.excepts.iter().cloned());
                }
                Identity::One(_) | Identity::Many(_) | Identity::Unknown(_) => {}
            }
        }
    }
    let mut distinct: Vec<Except> = Vec::new();
    for except in excepts {
        let is_empty = except.id.is_none() && except.domain.is_none();
        if !is_empty && !distinct.iter().any(|known| known.is_written_as(&except)) {
            distinct.push(except);
        }
    }
    Ok(distinct)
}

/// Whether a child of an identity is for everybody.
fn is_default(identity: &Identity) -> bool {
    matches!(identity, Identity::Many(many) if many.domain.is_none())
}

/// Whether a rule is for everybody and nobody else, and states the handling.
fn is_own(element: &Selected<'_>) -> bool {
    let rule = PresenceRule::read(element);
    let identity = rule.only_identity().unwrap_or_default();
    !identity.is_empty() && identity.iter().all(is_default) && sub_handling(element).is_some()
}

/// The only `sub-handling` of a rule, with its parent.
fn sub_handling<'x>(rule: &Selected<'x>) -> Option<(Selected<'x>, Selected<'x>)> {
    let actions = policy_children(rule, "actions").pop()?;
    let mut said = actions.children();
    said.retain(|action| action.name() == "sub-handling");
    let one = said.pop().filter(|one| said.is_empty() && is_presence(one, "sub-handling"))?;
    Some((actions, one))
}

/// The rule to change in place.
fn own(draft: &Draft) -> Result<Option<Selected<'_>>> {
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    Ok(rules.into_iter().find(is_own))
}

/// The next removal among the other rules for everybody that give more, from the end of the
/// document. If a rule also names others, only the part for everybody is removed.
fn next_removal(draft: &Draft, handling: Handling) -> Result<Option<Change>> {
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    let own = rules.iter().position(is_own);
    for (index, element) in rules.iter().enumerate().rev() {
        let rule = PresenceRule::read(element);
        if own == Some(index) || rule.at_most <= handling {
            continue;
        }
        let identity = rule.only_identity().unwrap_or_default();
        let children = identity_children(element);
        let pairs = identity.iter().zip(&children).filter(|(child, _)| is_default(child));
        let defaults: Vec<_> = pairs.map(|(_, child)| (child, "")).collect();
        if defaults.is_empty() {
            continue;
        }
        if defaults.len() == identity.len() {
            return Ok(Some(Change::Remove(element.selector())));
        }
        if let Some(identity) = identity_of(element) {
            let left = identity.with_replaced(&defaults);
            return Ok(Some(Change::Put(identity.selector(), left)));
        }
    }
    Ok(None)
}

/// Sets the handling of the rule that is changed in place, and adds the exceptions. If the rule
/// begins to allow and showed nothing before, it now shows everything.
fn change_own(draft: &mut Draft, handling: Handling, left_out: &[Except]) -> Result<bool> {
    let Some(selector) = own(draft)?.map(|rule| rule.selector()) else { return Ok(false) };
    // The exceptions come first. If the changes are sent one by one, nobody gets more in between.
    for index in 0..identity_children(&draft.get(&selector)?).len() {
        leave_out(draft, &selector, index, left_out)?;
    }
    let rule = draft.get(&selector)?;
    let shows_nothing = PresenceRule::read(&rule).provided().is_empty();
    if let Some((actions, said)) = sub_handling(&rule) {
        let said = said.selector();
        let element = Style::inside(draft, &actions)?.presence("sub-handling");
        draft.set(said, element.text(&handling.to_string()))?;
    }
    if handling == Handling::Allow && shows_nothing {
        provide(draft, &selector, &EVERYTHING)?;
    }
    Ok(true)
}

/// Adds the missing exceptions to one child of a rule's identity, in a single change.
fn leave_out(
    draft: &mut Draft,
    rule: &NodeSelector,
    index: usize,
    left_out: &[Except],
) -> Result<()> {
    let element = draft.get(rule)?;
    let rule = PresenceRule::read(&element);
    let children = identity_children(&element);
    let child = children.get(index).zip(rule.only_identity().and_then(|all| all.get(index)));
    let Some((child, Identity::Many(many))) = child else { return Ok(()) };
    let style = Style::inside(draft, child)?;
    let missing = left_out.iter().filter(|except| !many.leaves_out(except));
    let excepts: String =
        missing.map(|except| except_element(&style, except).to_string()).collect();
    if excepts.is_empty() {
        return Ok(());
    }
    let changed = child.with_child(child.children().last(), &excepts);
    Change::Put(child.selector(), changed).apply(draft)
}

impl Many {
    fn leaves_out(&self, except: &Except) -> bool {
        let is_written = self.excepts.iter().any(|known| known.is_written_as(except));
        is_written
            || match (&except.id, &except.domain) {
                (Some(id), None) => self.holds(&Watcher::of(&id.text)) == Truth::No,
                (None, Some(domain)) => self.excepts.iter().any(|known| {
                    known.id.is_none()
                        && known.domain.as_ref().is_some_and(|own| own.is_same(domain))
                }),
                _ => false,
            }
    }
}
