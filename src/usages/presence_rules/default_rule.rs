//! The rule for everybody whom no other names.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::xml::Element;

use super::change::{Change, Place, except_element, insert_rule, last_in};
use super::condition::{Except, Identity, Many, Truth};
use super::handling::Handling;
use super::membership::identity_children;
use super::names::{ROOT, is_presence, policy_children};
use super::provided::EVERYTHING;
use super::providing::provide;
use super::rule::PresenceRule;
use super::rules_data::PresenceRulesData;
use super::style::Style;
use super::watcher::Watcher;

/// Makes `<many/>` get this handling: by the first rule that is for nothing else, or by a new one
/// at the end. What the rules name for less is left out of it.
pub(super) fn set(draft: &mut Draft, handling: Handling) -> Result<()> {
    let left_out = left_out(draft, handling)?;
    while let Some(change) = next_removal(draft, handling)? {
        change.apply(draft)?;
    }
    if let Some((actions, sub_handling)) = own_handling(draft)? {
        let name = Style::inside(draft, &actions)?.presence("sub-handling");
        let selector = sub_handling.selector();
        draft.set(selector, name.text(&handling.to_string()))?;
        leave_out(draft, &left_out)?;
        return show(draft, handling);
    }
    if PresenceRulesData::of(draft)?.default_handling() == Some(handling) {
        return Ok(());
    }
    let many = |style: &Style| {
        let excepts = left_out.iter().map(|except| except_element(style, except));
        excepts.fold(style.policy("many"), Element::child)
    };
    insert_rule(draft, Place::Last, handling, ("everybody", many))
}

/// Whom the default must not reach: those that a rule names for less, who would get more by it, and
/// those that a default left out which will be gone.
fn left_out(draft: &Draft, handling: Handling) -> Result<Vec<Except>> {
    let rules = PresenceRulesData::of(draft)?;
    let mut excepts: Vec<Except> = Vec::new();
    for rule in rules.rules() {
        for identity in rule.only_identity().unwrap_or_default() {
            match identity {
                Identity::One(id) if rule.handling() < handling => {
                    excepts.push(Except::of_id(&id.text));
                }
                Identity::Many(Many { domain: Some(domain), .. }) if rule.handling() < handling => {
                    excepts.push(Except::of_domain(&domain.text));
                }
                Identity::Many(many) if many.domain.is_none() => {
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

/// Whether a rule is for everybody and for nobody else, and says what they get.
fn is_own(rule: &PresenceRule, element: &Selected<'_>) -> bool {
    let identity = rule.only_identity().unwrap_or_default();
    !identity.is_empty() && identity.iter().all(is_default) && sub_handling(element).is_some()
}

/// The one `sub-handling` of a rule, with its parent.
fn sub_handling<'x>(rule: &Selected<'x>) -> Option<(Selected<'x>, Selected<'x>)> {
    let actions = policy_children(rule, "actions").pop()?;
    let mut said = actions.children();
    said.retain(|action| action.name() == "sub-handling");
    let one = said.pop().filter(|one| said.is_empty() && is_presence(one, "sub-handling"))?;
    Some((actions, one))
}

/// The rule that is changed in place.
fn own(draft: &Draft) -> Result<Option<(usize, Selected<'_>)>> {
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    let mut rules = rules.into_iter().enumerate();
    Ok(rules.find(|(index, element)| is_own(&PresenceRule::read(element, index + 1), element)))
}

fn own_handling(draft: &Draft) -> Result<Option<(Selected<'_>, Selected<'_>)>> {
    Ok(own(draft)?.and_then(|(_, element)| sub_handling(&element)))
}

/// The next of the other rules for everybody that say more, from the end of the document; of one
/// that names others, too, only what is for everybody goes.
fn next_removal(draft: &Draft, handling: Handling) -> Result<Option<Change>> {
    let own = own(draft)?.map(|(index, _)| index);
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    for (index, element) in rules.iter().enumerate().rev() {
        let rule = PresenceRule::read(element, index + 1);
        if own == Some(index) || rule.at_most <= handling {
            continue;
        }
        let identity = rule.only_identity().unwrap_or_default();
        let children = identity_children(element);
        let defaults = || identity.iter().zip(&children).filter(|(child, _)| is_default(child));
        if let Some((_, many)) = defaults().next_back() {
            let goes_whole = defaults().count() == identity.len();
            let gone = if goes_whole { element } else { many };
            return Ok(Some(Change::Remove(gone.selector())));
        }
    }
    Ok(None)
}

/// Leaves them out of the rule that is changed in place, where it has not yet.
fn leave_out(draft: &mut Draft, left_out: &[Except]) -> Result<()> {
    for except in left_out {
        while let Some(change) = next_except(draft, except)? {
            change.apply(draft)?;
        }
    }
    Ok(())
}

fn next_except(draft: &Draft, except: &Except) -> Result<Option<Change>> {
    let Some((index, element)) = own(draft)? else { return Ok(None) };
    let rule = PresenceRule::read(&element, index + 1);
    let children = identity_children(&element);
    for (identity, child) in rule.only_identity().unwrap_or_default().iter().zip(&children) {
        if matches!(identity, Identity::Many(many) if !many.leaves_out(except)) {
            let element = except_element(&Style::inside(draft, child)?, except);
            return Ok(Some(Change::Insert(last_in(child), element)));
        }
    }
    Ok(None)
}

/// A rule that comes to allow shows everything, if it has shown nothing so far.
fn show(draft: &mut Draft, handling: Handling) -> Result<()> {
    match own(draft)? {
        Some((index, element)) if handling == Handling::Allow => {
            if PresenceRule::read(&element, index + 1).provided().is_empty() {
                let selector = element.selector();
                return provide(draft, &selector, &EVERYTHING);
            }
            Ok(())
        }
        _ => Ok(()),
    }
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
