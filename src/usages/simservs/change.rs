//! Changes of a draft that turn a setting on or off.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::xml;

use super::edit::{Action, Edit, switched_off, switched_on};
use super::names::{ROOT, SIMSERVS};
use super::new_rule::{NewRule, new_service, with_service};
use super::rule::CallRule;
use super::service_data::{is_active, rules_of, service_of};
use super::setting::Setting;
use super::style::Style;

/// The rules of a service, each with its parsed content.
pub(super) fn rules<'x>(draft: &'x Draft, service: &str) -> Result<Vec<(Selected<'x>, CallRule)>> {
    let service = service_of(&ROOT.of(draft)?, service);
    let elements = service.map(|service| rules_of(&service)).unwrap_or_default();
    let read = |element| {
        let rule = CallRule::read(&element);
        (element, rule)
    };
    Ok(elements.into_iter().map(read).collect())
}

pub(super) fn apply(draft: &mut Draft, edit: Option<Edit>) -> Result<()> {
    if let Some((node, body)) = edit {
        draft.set(node, body)?;
    }
    Ok(())
}

/// Changes one rule, given by its index among the rules of the service.
fn edit(
    draft: &mut Draft,
    service: &str,
    index: usize,
    change: impl FnOnce(&Selected<'_>, &CallRule) -> Option<Edit>,
) -> Result<()> {
    let edit = rules(draft, service)?.get(index).and_then(|(element, rule)| change(element, rule));
    apply(draft, edit)
}

fn off(element: &Selected<'_>, rule: &CallRule) -> Option<Edit> {
    rule.is_on.then(|| switched_off(element))
}

/// Makes the setting's rule do this, or adds a new rule. If there are several rules, a rule that is
/// on is preferred; the others go off.
pub(super) fn turn_on(
    draft: &mut Draft,
    setting: Setting,
    media: Option<&str>,
    action: Action<'_>,
) -> Result<()> {
    let all = rules(draft, setting.service)?;
    let own = || all.iter().enumerate().filter(|(_, (_, r))| r.is_just(setting.condition, media));
    let chosen = own().find(|(_, (_, rule))| rule.is_on).or_else(|| own().next());
    let chosen = chosen.map(|(index, _)| index);
    let own: Vec<_> = own().map(|(index, _)| index).collect();
    let Some(chosen) = chosen else {
        make_active(draft, setting.service, None)?;
        let new = NewRule { setting, caller: None, media, action }.added(draft)?;
        return apply(draft, Some(new));
    };
    make_active(draft, setting.service, Some(chosen))?;
    edit(draft, setting.service, chosen, |element, _| switched_on(element))?;
    edit(draft, setting.service, chosen, |element, _| action.set(element))?;
    for other in own.into_iter().filter(|index| *index != chosen) {
        edit(draft, setting.service, other, off)?;
    }
    Ok(())
}

/// Switches the setting's rules off, except those that let calls through.
pub(super) fn turn_off(draft: &mut Draft, setting: Setting, media: Option<&str>) -> Result<()> {
    let is_own = |rule: &CallRule| rule.is_just(setting.condition, media) && !rule.allows;
    for index in 0..rules(draft, setting.service)?.len() {
        edit(draft, setting.service, index, |element, rule| {
            off(element, rule).filter(|_| is_own(rule))
        })?;
    }
    Ok(())
}

/// Makes an existing service active. If it was inactive, its other rules had no effect. They are
/// switched off, so that they still have none.
pub(super) fn make_active(draft: &mut Draft, name: &str, keep: Option<usize>) -> Result<()> {
    let Some(service) = service_of(&ROOT.of(draft)?, name) else { return Ok(()) };
    if !is_active(&service) {
        for index in (0..rules_of(&service).len()).filter(|index| Some(*index) != keep) {
            edit(draft, name, index, off)?;
        }
    }
    set_active(draft, name, true)
}

/// Switches a service as a whole. Creates it if it is missing.
pub(super) fn set_active(draft: &mut Draft, name: &str, active: bool) -> Result<()> {
    let root = ROOT.of(draft)?;
    let value = if active { "true" } else { "false" };
    let Some(service) = service_of(&root, name) else {
        let new = new_service(&Style::inside(&root, "cp"), name, active);
        let edit = with_service(&root, new);
        return apply(draft, Some(edit));
    };
    let is_said = match service.attr("active") {
        // Some servers take `1` for off, and others take `0` for on.
        Some(written) => written.trim_matches(xml::is_whitespace) == value,
        None => active,
    };
    if !is_said {
        draft.set(root.child_selector(SIMSERVS, name).attribute("active"), value)?;
    }
    Ok(())
}
