//! How a document writes the names of its elements.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::xml::{Element, Tag};

use super::names::{PRES_RULES, ROOT, policy_children};

/// The prefixes for the children of an element.
pub(super) struct Style {
    policy: String,
    presence: String,
    /// Whether the prefix for presence rules is bound there.
    is_bound: bool,
}

impl Style {
    /// The style inside an element of common policy.
    pub(super) fn inside(draft: &Draft, element: &Selected<'_>) -> Result<Self> {
        let scope = draft.get(element.selector().namespaces())?;
        let bound: Vec<&str> = Tag::read(scope.as_str())
            .iter()
            .flat_map(Tag::declarations)
            .filter(|(_, namespace)| *namespace == PRES_RULES)
            .map(|(prefix, _)| prefix)
            .collect();
        let used = used_prefix(draft)?;
        let is_usual = |prefix: &&&str| used.as_deref() == Some(**prefix);
        let prefix = bound.iter().find(is_usual).or(bound.iter().max());
        Ok(Self {
            policy: element.written_prefix().unwrap_or_default().to_owned(),
            presence: (*prefix.unwrap_or(&"pr")).to_owned(),
            is_bound: prefix.is_some(),
        })
    }

    /// An element of common policy.
    pub(super) fn policy(&self, name: &str) -> Element {
        Element::new(&qualified(&self.policy, name))
    }

    /// An element of presence rules inside one that [`presence`](Self::presence) made.
    pub(super) fn presence_inside(&self, name: &str) -> Element {
        Element::new(&qualified(&self.presence, name))
    }

    /// An element of presence rules, with the namespace declaration it needs.
    pub(super) fn presence(&self, name: &str) -> Element {
        let element = self.presence_inside(name);
        if self.is_bound {
            return element;
        }
        element.attr(&format!("xmlns:{}", self.presence), PRES_RULES)
    }
}

fn qualified(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") }
}

/// The prefix of the first element of presence rules in the document.
fn used_prefix(draft: &Draft) -> Result<Option<String>> {
    let rules = policy_children(&ROOT.of(draft)?, "rule");
    let mut actions = rules
        .iter()
        .flat_map(|rule| policy_children(rule, "actions"))
        .flat_map(|actions| actions.children());
    let first = actions.find(|action| action.namespace() == Some(PRES_RULES));
    Ok(first.map(|action| action.written_prefix().unwrap_or_default().to_owned()))
}
