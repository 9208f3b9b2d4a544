//! The documents that a server writes itself: its capabilities and its directories.

use roxmltree::Node;

use crate::answer::{Error, RequestLine, RequestUrl, Resource, Result};
use crate::client::request::Request;
use crate::http_types::Method;
use crate::text::printable;
use crate::xml;

/// What such a document must be.
pub(super) struct ServerDocument {
    pub(super) namespace: &'static str,
    pub(super) root: &'static str,
}

impl ServerDocument {
    /// Fetches the document and reads it. Unknown content is ignored.
    ///
    /// Some servers leave the namespace out, so an element is recognised by its local name in the
    /// right namespace or in none.
    pub(super) fn fetch<T>(
        &self,
        request: Request<'_>,
        take: impl FnOnce(ServerElement<'_, '_>) -> Result<T, String>,
    ) -> Result<T> {
        let url = request.target()?.url;
        let found = request.get()?;
        self.read(found.as_str(), take).map_err(|reason| malformed(url, &reason, found))
    }

    fn read<T>(
        &self,
        text: &str,
        take: impl FnOnce(ServerElement<'_, '_>) -> Result<T, String>,
    ) -> Result<T, String> {
        // An XML declaration after a line end is not well-formed, but harmless.
        let text = text.trim_start_matches('\u{feff}').trim_start_matches(xml::is_whitespace);
        let source = xml::Source::new(text);
        let document =
            source.parse().map_err(|fault| format!("{} at {}", fault.reason, fault.position))?;
        let root = ServerElement { node: document.root_element(), namespace: self.namespace };
        if root.is_named(self.root) {
            return take(root);
        }
        Err(format!("the root element is <{}>", printable(root.node.tag_name().name())))
    }
}

fn malformed(url: RequestUrl, reason: &str, found: Resource) -> Error {
    let line = RequestLine { method: Method::GET, url };
    let reason = format!("the answer is not the document that was asked for: {reason}");
    Error::malformed_response(Some(&line), reason, Some(found.response().clone()))
}

/// An element of such a document.
#[derive(Clone, Copy)]
pub(super) struct ServerElement<'a, 'd> {
    node: Node<'a, 'd>,
    namespace: &'static str,
}

impl<'a, 'd> ServerElement<'a, 'd> {
    fn is_named(self, name: &str) -> bool {
        xml::is_named_or_bare(self.node, self.namespace, name)
    }

    /// The children of this name.
    pub(super) fn children(self, name: &'static str) -> impl Iterator<Item = Self> {
        let namespace = self.namespace;
        let elements = self.node.children().filter(Node::is_element);
        elements.map(move |node| Self { node, namespace }).filter(move |child| child.is_named(name))
    }

    /// The value of an attribute, without white space around it. `None` if nothing is left.
    pub(super) fn attribute(self, name: &str) -> Option<&'a str> {
        let value = xml::attribute(self.node, name)?.trim();
        (!value.is_empty()).then_some(value)
    }

    /// The text, without comments and without white space around it. `None` if nothing is left.
    pub(super) fn text(self) -> Option<String> {
        let text: String = self.node.children().map(xml::text).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}
