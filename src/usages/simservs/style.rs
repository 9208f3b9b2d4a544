//! How a document writes the names of its elements.

use crate::document::{Prefix, Selected};
use crate::usages::policy::COMMON_POLICY;

use super::names::{SIMSERVS, children};

/// The prefixes for new elements inside an existing one.
pub(super) struct Style {
    pub(super) policy: Prefix,
    pub(super) services: Prefix,
}

impl Style {
    /// The style inside an element: the prefixes in use around it, or else the usual ones.
    pub(super) fn inside(element: &Selected<'_>, policy: &str) -> Self {
        Self {
            policy: element.prefix_or(COMMON_POLICY, policy),
            services: element.prefix_or(SIMSERVS, "ss"),
        }
    }
}

/// The prefix of the first rule set, wherever it is declared.
pub(super) fn policy_prefix(root: &Selected<'_>) -> String {
    let services = root.children();
    let mut rulesets = services.iter().flat_map(|service| children(service, "ruleset"));
    let first = rulesets.find(|ruleset| ruleset.namespace() == Some(COMMON_POLICY));
    let prefix = first.as_ref().and_then(Selected::written_prefix);
    prefix.unwrap_or("cp").to_owned()
}
