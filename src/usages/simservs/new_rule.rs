//! A new rule, and the rule set and service that it needs.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::usages::policy::free_id;
use crate::xml::Element;

use super::edit::{Action, Edit};
use super::names::{DIVERSION, ROOT, SIMSERVS, child, children};
use super::rule::CallRule;
use super::service_data::{rules_of, service_of};
use super::setting::{Divert, Setting};
use super::style::{Style, policy_prefix};

#[derive(Clone, Copy)]
pub(super) struct NewRule<'a> {
    pub(super) setting: Setting,
    /// The caller that the rule names, if it is about callers.
    pub(super) caller: Option<&'a str>,
    pub(super) media: Option<&'a str>,
    pub(super) action: Action<'a>,
}

impl NewRule<'_> {
    /// The rule in its place. The rule set and the service are added if they are missing.
    pub(super) fn added(self, draft: &Draft) -> Result<Edit> {
        let root = ROOT.of(draft)?;
        let usual = policy_prefix(&root);
        let rules: Vec<_> = root.children().iter().flat_map(rules_of).collect();
        let id = free_id(draft.text(), &rules, self.setting.stem);
        let Some(service) = service_of(&root, self.setting.service) else {
            let style = Style::inside(&root, &usual);
            let new =
                new_service(&style, self.setting.service, true).child(self.ruleset(&style, &id));
            return Ok(with_service(&root, new));
        };
        let Some(ruleset) = child(&service, "ruleset") else {
            let new = self.ruleset(&Style::inside(&service, &usual), &id);
            let markup = service.with_child(last_of_ours(&service).as_ref(), new.as_ref());
            return Ok((service.selector(), markup));
        };
        let style = Style::inside(&ruleset, &usual);
        let new = self.rule(style.policy.outermost("rule"), &style, &id);
        let markup = ruleset.with_child(self.before(&ruleset).as_ref(), new.as_ref());
        Ok((ruleset.selector(), markup))
    }

    fn ruleset(&self, style: &Style, id: &str) -> Element {
        let rule = self.rule(style.policy.element("rule"), style, id);
        style.policy.outermost("ruleset").child(rule)
    }

    fn rule(&self, rule: Element, style: &Style, id: &str) -> Element {
        let condition = match (self.caller, self.setting.condition) {
            (Some(uri), _) => {
                let one = style.policy.element("one").attr("id", uri);
                Some(style.policy.element("identity").child(one))
            }
            (None, Some(condition)) => Some(style.services.outermost(condition)),
            (None, None) => None,
        };
        let media = self.media.map(|media| style.services.outermost("media").text(media));
        let conditions = [condition, media].into_iter().flatten();
        let conditions = conditions.fold(style.policy.element("conditions"), Element::child);
        let actions = style.policy.element("actions").child(self.action.element(&style.services));
        rule.attr("id", id).child(conditions).child(actions)
    }

    /// The child of the rule set after which the rule goes. On a server where the first matching
    /// rule decides, a rule for every call has to come before the rules for some calls. Rules with
    /// other conditions are exceptions, and stay in front of both.
    fn before<'x>(&self, ruleset: &Selected<'x>) -> Option<Selected<'x>> {
        let is_for_all = self.setting.service == DIVERSION && self.setting.condition.is_none();
        let is_plain = |rule: &Selected<'_>| {
            let rule = CallRule::read(rule);
            let mut conditions = Divert::ALL.into_iter().map(|when| Setting::from(when).condition);
            conditions.any(|condition| rule.is_just(condition, self.media))
        };
        let mut rules = children(ruleset, "rule");
        match rules.iter().position(is_plain).filter(|_| is_for_all) {
            Some(first) => {
                rules.truncate(first);
                rules.pop()
            }
            None => ruleset.children().pop(),
        }
    }
}

/// A service without rules.
pub(super) fn new_service(style: &Style, name: &str, active: bool) -> Element {
    style.services.outermost(name).attr("active", if active { "true" } else { "false" })
}

/// The document with a new service after the existing ones.
pub(super) fn with_service(root: &Selected<'_>, service: Element) -> Edit {
    (root.selector(), root.with_child(last_of_ours(root).as_ref(), service.as_ref()))
}

/// The last standard child. Vendors put their own elements after those of the standard.
fn last_of_ours<'x>(parent: &Selected<'x>) -> Option<Selected<'x>> {
    parent.children().into_iter().rfind(|child| child.namespace() == Some(SIMSERVS))
}
