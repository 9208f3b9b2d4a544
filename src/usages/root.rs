//! The root element of the documents of a usage.

use crate::answer::{Error, Result};
use crate::document::{self, Draft, Selected};
use crate::selector::NodeSelector;
use crate::text::printable;

/// The root element that identifies the documents of a usage.
#[derive(Clone, Copy)]
pub(super) struct Root {
    pub(super) namespace: &'static str,
    pub(super) name: &'static str,
}

impl Root {
    /// The root element of a draft.
    pub(super) fn of(self, draft: &Draft) -> Result<Selected<'_>> {
        draft.get(any()).and_then(|root| self.checked(root))
    }

    /// The root element of a text.
    pub(super) fn read(self, xml: &str) -> Result<Selected<'_>> {
        let root = document::get(xml, &any(), None);
        root.map_err(|refusal| refusal.to_error(&"the document"))
            .and_then(|root| self.checked(root))
    }

    fn checked(self, root: Selected<'_>) -> Result<Selected<'_>> {
        if is(&root, self.namespace, self.name) {
            return Ok(root);
        }
        let found = match root.namespace() {
            Some(namespace) => format!("in the namespace `{}`", printable(namespace)),
            None => "in no namespace".to_owned(),
        };
        Err(Error::invalid_input(format!(
            "the root element of the document is `{}` {found}, where `{}` in the namespace `{}` is expected",
            printable(root.name()),
            self.name,
            self.namespace
        )))
    }
}

fn any() -> NodeSelector {
    NodeSelector::root("*")
}

/// Whether the element has this name.
pub(super) fn is(element: &Selected<'_>, namespace: &str, local: &str) -> bool {
    element.name() == local && element.namespace() == Some(namespace)
}
