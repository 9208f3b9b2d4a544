use std::fmt;

use crate::answer::{Conflict, Error, Exists};
use crate::selector::{NodeSelector, QName, Step};
use crate::text::printable;
use crate::xml::Fault;

use super::select::{Near, StepMismatch};

/// Why a conforming server would refuse a request: its status, and with 409 its xcap-error.
///
/// ```
/// use xcaplib::{NodeSelector, document};
///
/// let entry = NodeSelector::root("lists").child("list").nth(2).child("entry");
/// let refusal = document::put("<lists><list/></lists>", &entry, "<entry/>", None).unwrap_err();
/// assert_eq!(refusal.status(), 409);
/// let conflict = refusal.conflict().unwrap();
/// assert_eq!((conflict.name(), conflict.ancestor()), ("no-parent", Some("lists")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct Refusal {
    status: u16,
    text: String,
    conflict: Option<Box<Conflict>>,
}

impl Refusal {
    /// The status: 400, 404, 405 or 409.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// With 409, the report that a server would send (RFC 4825 section 11). Its phrase is the text
    /// of this error.
    #[must_use]
    pub fn conflict(&self) -> Option<&Conflict> {
        self.conflict.as_deref()
    }

    /// The error for the caller when nothing is changed or read. `what` names the operation.
    pub(crate) fn to_error(&self, what: &impl fmt::Display) -> Error {
        Error::predicted(what, self.status, self.conflict().cloned(), self)
    }

    fn plain(status: u16, text: impl Into<String>) -> Self {
        Self { status, text: text.into(), conflict: None }
    }

    fn conflicting(conflict: Conflict, text: impl Into<String>) -> Self {
        let text = text.into();
        let conflict = Some(Box::new(conflict.with_phrase(&text)));
        Self { status: 409, text, conflict }
    }

    pub(super) fn bad_selector(error: &Error) -> Self {
        Self::plain(400, error.to_string())
    }

    pub(super) fn unknown_extension(step: &Step) -> Self {
        Self::plain(
            404,
            format!("the step {} is of an extension that is not known here", quoted(step)),
        )
    }

    pub(super) fn read_only() -> Self {
        Self::plain(
            405,
            "`namespace::*` can be read and not changed; put the element that declares the \
             prefixes",
        )
    }

    pub(super) fn not_found(selector: &NodeSelector, mismatch: &StepMismatch) -> Self {
        Self::plain(404, describe(selector, mismatch))
    }

    pub(super) fn no_attribute(name: &QName, near: Option<Near>) -> Self {
        let name = printable(&name.to_string());
        let hint = near.as_ref().map(hint).unwrap_or_default();
        Self::plain(404, format!("the element has no attribute `{name}`{hint}"))
    }

    pub(super) fn no_parent(selector: &NodeSelector, mismatch: &StepMismatch) -> Self {
        let ancestor = (mismatch.step > 0).then(|| selector.ancestor(mismatch.step).to_relative());
        let text = match &ancestor {
            Some(ancestor) => format!(
                "{}; the closest ancestor that exists is {}, put its children first",
                describe(selector, mismatch),
                printable(ancestor)
            ),
            None => {
                format!("{}; the document has another root element", describe(selector, mismatch))
            }
        };
        Self::conflicting(Conflict::new("no-parent").with_ancestor(ancestor), text)
    }

    pub(super) fn not_well_formed(fault: &Fault) -> Self {
        Self::conflicting(
            Conflict::new("not-well-formed"),
            format!(
                "the document is not well-formed, at {}: {}; replace it as a whole",
                fault.position,
                printable(&fault.reason)
            ),
        )
    }

    pub(super) fn not_utf8(offset: usize) -> Self {
        Self::conflicting(
            Conflict::new("not-utf-8"),
            format!("the body is not UTF-8 from byte {offset} on; XCAP takes UTF-8 alone"),
        )
    }

    pub(super) fn not_fragment(fault: &Fault) -> Self {
        Self::conflicting(
            Conflict::new("not-xml-frag"),
            format!(
                "the body is not an element, at {}: {}; put exactly one, with white space around \
                 it at most",
                fault.position,
                printable(&fault.reason)
            ),
        )
    }

    pub(super) fn not_att_value(fault: &Fault) -> Self {
        Self::conflicting(
            Conflict::new("not-xml-att-value"),
            format!("the body is not an attribute value, at {}: {}", fault.position, fault.reason),
        )
    }

    pub(super) fn cannot_insert(reason: impl Into<String>) -> Self {
        Self::conflicting(Conflict::new("cannot-insert"), reason)
    }

    pub(super) fn cannot_delete(reason: impl Into<String>) -> Self {
        Self::conflicting(Conflict::new("cannot-delete"), reason)
    }

    pub(super) fn rootless() -> Self {
        Self::conflicting(
            Conflict::new("schema-validation-error"),
            "a document needs its root element; delete the document as a whole",
        )
    }

    pub(super) fn not_unique(exists: Vec<Exists>) -> Self {
        let field = exists.first().map(|exists| printable(&exists.field)).unwrap_or_default();
        let more = match exists.len() {
            0 | 1 => String::new(),
            n => format!(" and of {} more", n - 1),
        };
        Self::conflicting(
            Conflict::new("uniqueness-failure").with_exists(exists),
            format!("the value of {field}{more} is taken by a sibling; use another"),
        )
    }
}

fn describe(selector: &NodeSelector, mismatch: &StepMismatch) -> String {
    let step = selector.steps().get(mismatch.step).map(quoted).unwrap_or_default();
    let number = mismatch.step + 1;
    if mismatch.several {
        format!(
            "step {number}, {step}, matches several elements; add a position or an attribute test"
        )
    } else {
        let hint = mismatch.near.as_ref().map(hint).unwrap_or_default();
        format!("step {number}, {step}, matches no element{hint}")
    }
}

/// What to write to reach a node that exists in another namespace.
fn hint(near: &Near) -> String {
    let name = printable(&near.name);
    let place = match &near.namespace {
        Some(namespace) => format!("in the namespace `{}`", printable(namespace)),
        None => "in no namespace".to_owned(),
    };
    let bind = match (&near.unbound, &near.namespace) {
        (Some(prefix), Some(namespace)) => {
            format!(", with `.bind(\"{}\", \"{}\")`", printable(prefix), printable(namespace))
        }
        _ => String::new(),
    };
    format!("; there is one {place}: write `{name}`{bind}")
}

/// A step as an error text quotes it.
pub(super) fn quoted(step: &Step) -> String {
    format!("`{}`", printable(&step.to_string()))
}
