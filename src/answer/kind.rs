//! The kinds of nodes.

/// What kind of node a resource is (RFC 4825 section 8.3). It follows from what was asked for,
/// since servers answer with different media types.
///
/// ```
/// use xcaplib::ResourceKind;
/// # let (server, client) = xcaplib::testing::example()?;
/// let name = client.get("resource-lists", "/resource-lists/list/@name", None, None)?;
/// assert_eq!(name.kind(), ResourceKind::Attribute);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A whole document.
    Document,
    /// One element with everything in it.
    Element,
    /// The value of one attribute.
    Attribute,
    /// The namespace bindings in scope at an element.
    NamespaceBindings,
}
