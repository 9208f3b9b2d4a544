//! The names of the elements of call settings.

use crate::document::Selected;
use crate::usages::policy::COMMON_POLICY;
use crate::usages::root::Root;

pub(super) const SIMSERVS: &str = "http://uri.etsi.org/ngn/params/xml/simservs/xcap";

pub(super) const ROOT: Root = Root { namespace: SIMSERVS, name: "simservs" };

pub(super) const DIVERSION: &str = "communication-diversion";
pub(super) const INCOMING_BARRING: &str = "incoming-communication-barring";
pub(super) const OUTGOING_BARRING: &str = "outgoing-communication-barring";

/// The services that are switched on and off as a whole.
pub(super) const SERVICES: [&str; 8] = [
    DIVERSION,
    INCOMING_BARRING,
    OUTGOING_BARRING,
    "originating-identity-presentation",
    "originating-identity-presentation-restriction",
    "terminating-identity-presentation",
    "terminating-identity-presentation-restriction",
    "communication-waiting",
];

/// Whether an element has this name in either of the two namespaces. Some servers and phones write
/// some elements in the wrong namespace, so the local name decides.
pub(super) fn is_named(element: &Selected<'_>, name: &str) -> bool {
    element.name() == name && matches!(element.namespace(), Some(SIMSERVS | COMMON_POLICY))
}

pub(super) fn child<'x>(parent: &Selected<'x>, name: &str) -> Option<Selected<'x>> {
    parent.children().into_iter().find(|child| is_named(child, name))
}

pub(super) fn children<'x>(parent: &Selected<'x>, name: &str) -> Vec<Selected<'x>> {
    let mut children = parent.children();
    children.retain(|child| is_named(child, name));
    children
}
