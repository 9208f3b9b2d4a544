//! The names of the elements of presence rules.

use crate::document::Selected;
use crate::usages::policy::COMMON_POLICY;
use crate::usages::root::{Root, is};

pub(super) const PRES_RULES: &str = "urn:ietf:params:xml:ns:pres-rules";
const OMA_POLICY: &str = "urn:oma:xml:xdm:common-policy";

pub(super) const ROOT: Root = Root { namespace: COMMON_POLICY, name: "ruleset" };

/// Whether an element is one of common policy (RFC 4745).
pub(super) fn is_policy(element: &Selected<'_>, name: &str) -> bool {
    is(element, COMMON_POLICY, name)
}

/// Whether an element is one of presence rules (RFC 5025).
pub(super) fn is_presence(element: &Selected<'_>, name: &str) -> bool {
    is(element, PRES_RULES, name)
}

/// Whether an element is one of OMA's common policy.
pub(super) fn is_oma(element: &Selected<'_>, name: &str) -> bool {
    is(element, OMA_POLICY, name)
}

/// The child elements of this name in common policy.
pub(super) fn policy_children<'x>(parent: &Selected<'x>, name: &str) -> Vec<Selected<'x>> {
    let mut children = parent.children();
    children.retain(|child| is_policy(child, name));
    children
}
