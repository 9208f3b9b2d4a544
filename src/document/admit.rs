//! Refusals of a selector that do not depend on the document.

use crate::selector::{NodeSelector, Step, Terminal};

use super::refusal::Refusal;

/// A server's verdict on the selector before it looks at the document (section 8).
pub(super) fn admit(selector: &NodeSelector) -> Result<(), Refusal> {
    let extension = selector.steps().iter().find(|step| matches!(step, Step::Extension(_)));
    if let Some(step) = extension {
        return Err(Refusal::unknown_extension(step));
    }
    selector.check().map_err(|error| Refusal::bad_selector(&error))
}

pub(super) fn admit_change(selector: &NodeSelector) -> Result<(), Refusal> {
    admit(selector)?;
    match selector.terminal() {
        Some(Terminal::Namespaces) => Err(Refusal::read_only()),
        Some(Terminal::Attribute(_)) | None => Ok(()),
    }
}
