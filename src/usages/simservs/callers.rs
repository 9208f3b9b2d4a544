//! Callers who are barred individually.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::usages::policy::COMMON_POLICY;
use crate::usages::uri;
use crate::xml;

use super::change::{apply, make_active, rules};
use super::edit::{Action, Edit};
use super::names::{ROOT, child, children, is_named};
use super::new_rule::NewRule;
use super::rule::CallRule;
use super::setting::CALLERS;

fn is_about_callers(rule: &CallRule, media: Option<&str>) -> bool {
    rule.is_just(CALLERS.condition, media) && !rule.allows
}

/// Adds the caller to a rule that bars only the callers it names, or to a new rule.
pub(super) fn bar(draft: &mut Draft, uri: &str, media: Option<&str>) -> Result<()> {
    make_active(draft, CALLERS.service, None)?;
    let is_own = |rule: &CallRule| rule.is_on && is_about_callers(rule, media);
    let all = rules(draft, CALLERS.service)?;
    if all.iter().any(|(_, rule)| is_own(rule) && rule.names_caller(uri)) {
        return Ok(());
    }
    let found = all.iter().find(|(_, rule)| is_own(rule) && rule.names_callers_alone);
    let edit = match found.and_then(|(element, _)| identity_of(element)) {
        Some(identity) => {
            let one = identity.prefix_or(COMMON_POLICY, "cp").outermost("one").attr("id", uri);
            let last = identity.children().pop();
            (identity.selector(), identity.with_child(last.as_ref(), one.as_ref()))
        }
        None => {
            let action = Action::Bar;
            NewRule { setting: CALLERS, caller: Some(uri), media, action }.added(draft)?
        }
    };
    apply(draft, Some(edit))
}

/// Removes the caller from the rules that bar the callers they name. Returns whether any did.
pub(super) fn unbar(draft: &mut Draft, uri: &str, media: Option<&str>) -> Result<bool> {
    let mut is_changed = false;
    while let Some(edit) = next_removal(draft, uri, media)? {
        apply(draft, Some(edit))?;
        is_changed = true;
    }
    Ok(is_changed)
}

fn next_removal(draft: &Draft, uri: &str, media: Option<&str>) -> Result<Option<Edit>> {
    let all = rules(draft, CALLERS.service)?;
    let own = all.iter().filter(|(_, rule)| is_about_callers(rule, media));
    let found = own.filter(|(_, rule)| rule.names_caller(uri)).map(|(element, _)| element).next();
    Ok(found.and_then(|rule| without(draft, rule, uri)))
}

/// Removes the caller from the rule. The whole rule goes with its last caller, since without one it
/// would bar everybody.
fn without(draft: &Draft, rule: &Selected<'_>, uri: &str) -> Option<Edit> {
    let identity = identity_of(rule)?;
    let named = identity.children();
    let is_it = |one: &&Selected<'_>| {
        is_named(one, "one")
            && one
                .attr("id")
                .is_some_and(|id| uri::is_same(id.trim_matches(xml::is_whitespace), uri))
    };
    let gone: Vec<_> = named.iter().filter(is_it).map(|one| (one, "")).collect();
    if gone.len() < named.len() {
        return Some((identity.selector(), identity.with_replaced(&gone)));
    }
    let root = ROOT.of(draft).ok()?;
    let services = root.children();
    let mut rulesets = services.iter().flat_map(|service| children(service, "ruleset"));
    rulesets.find_map(|ruleset| {
        let rules = children(&ruleset, "rule");
        let gone = rules.iter().find(|other| other.selector() == rule.selector())?;
        Some((ruleset.selector(), ruleset.with_replaced(&[(gone, "")])))
    })
}

fn identity_of<'x>(rule: &Selected<'x>) -> Option<Selected<'x>> {
    child(&child(rule, "conditions")?, "identity")
}
