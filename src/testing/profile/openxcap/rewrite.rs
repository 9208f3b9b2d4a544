//! Serializes the document anew, as this server does for every change of an attribute.
//!
//! This loses everything that a parser does not report: the quotes of values, whether an element
//! without content is `<a></a>`, references and CDATA, white space in tags and around the root.

use roxmltree::{Document, Node, NodeId, NodeType};

use crate::xml::{self, Tag};

/// The change of an attribute: its new value, or its removal.
pub(super) struct Change<'a> {
    pub(super) element: NodeId,
    pub(super) name: &'a str,
    pub(super) value: Option<&'a str>,
}

/// The document with the change; `None` if it cannot be written.
pub(super) fn rewritten(document: &Document<'_>, change: &Change<'_>) -> Option<String> {
    let mut out = "<?xml version='1.0' encoding='UTF-8'?>\n".to_owned();
    let mut next = document.root().first_child();
    while let Some(node) = next {
        open(&mut out, node, change)?;
        next = node.first_child().or_else(|| leave(&mut out, node));
    }
    Some(out)
}

/// Writes the end tags of the elements that end with this node. Returns the next node.
fn leave<'a, 'd>(out: &mut String, node: Node<'a, 'd>) -> Option<Node<'a, 'd>> {
    let mut left = node;
    loop {
        if left.has_children() {
            out.push_str(&format!("</{}>", qname(left)?));
        }
        if let Some(next) = left.next_sibling() {
            return Some(next);
        }
        left = left.parent().filter(Node::is_element)?;
    }
}

fn open(out: &mut String, node: Node<'_, '_>, change: &Change<'_>) -> Option<()> {
    match node.node_type() {
        NodeType::Element => {
            let attributes = attributes(node, change)?;
            let end = if node.has_children() { ">" } else { "/>" };
            out.push_str(&format!("<{}{attributes}{end}", qname(node)?));
        }
        NodeType::Text => out.push_str(&xml::escape_text(node.text()?)),
        NodeType::Comment => out.push_str(&format!("<!--{}-->", lines(node.text()?))),
        NodeType::PI => {
            let instruction = node.pi()?;
            let value = instruction.value.map(|value| format!(" {}", lines(value)));
            out.push_str(&format!("<?{}{}?>", instruction.target, value.unwrap_or_default()));
        }
        NodeType::Root => {}
    }
    Some(())
}

/// Declarations, then attributes, each in order. A new attribute comes last.
fn attributes(node: Node<'_, '_>, change: &Change<'_>) -> Option<String> {
    let changed = (node.id() == change.element).then_some(change);
    let mut is_new = true;
    let mut out = String::new();
    for (prefix, namespace) in declarations(node)? {
        let name = prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        push(&mut out, &name, &namespace);
    }
    for attribute in node.attributes() {
        let name = node.document().input_text().get(attribute.range_qname())?;
        match changed.filter(|change| change.name == name) {
            Some(change) => {
                is_new = false;
                change.value.into_iter().for_each(|value| push(&mut out, name, value));
            }
            None => push(&mut out, name, attribute.value()),
        }
    }
    if let Some(change) = changed.filter(|_| is_new) {
        change.value.into_iter().for_each(|value| push(&mut out, change.name, value));
    }
    Some(out)
}

fn push(out: &mut String, name: &str, value: &str) {
    let value =
        xml::escape_text(value).replace('"', "&quot;").replace('\t', "&#9;").replace('\n', "&#10;");
    out.push_str(&format!(" {name}=\"{value}\""));
}

/// The text with every line end as a single character.
fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// The name of an element, with its prefix.
fn qname<'d>(node: Node<'_, 'd>) -> Option<&'d str> {
    Some(xml::qname(node.document().input_text().get(node.range())?))
}

/// The prefixes that an element's tag declares, with their namespaces, in order.
pub(super) fn declarations<'d>(node: Node<'_, 'd>) -> Option<Vec<(Option<&'d str>, String)>> {
    let tag = Tag::read(node.document().input_text().get(node.range())?)?;
    let declared = |(prefix, namespace): (&'d str, &'d str)| {
        let namespace = xml::resolve_references(namespace).ok()?;
        Some((Some(prefix).filter(|prefix| !prefix.is_empty()), namespace.into_owned()))
    };
    tag.declarations().map(declared).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, name: &str, value: Option<&str>) -> String {
        let source = xml::Source::new(text);
        let document = source.parse().unwrap();
        let element = document.root_element().id();
        let written = rewritten(&document, &Change { element, name, value }).unwrap();
        written.strip_prefix("<?xml version='1.0' encoding='UTF-8'?>\n").unwrap().to_owned()
    }

    #[test]
    fn all_of_it_is_written_anew() {
        assert_eq!(
            with(
                "<a c='1' xmlns='u' b = '&#65;\"'>\r\n<b></b><![CDATA[<]]>&gt;</a >\n",
                "c",
                Some("2")
            ),
            "<a xmlns=\"u\" c=\"2\" b=\"A&quot;\">\n<b/>&lt;&gt;</a>"
        );
        assert_eq!(
            with(
                "<?xml version=\"1.0\"?><!-- a -->\n<p:a xmlns:p='u'/>\n<?b  c?>",
                "d",
                Some("<\t>")
            ),
            "<!-- a --><p:a xmlns:p=\"u\" d=\"&lt;&#9;&gt;\"/><?b c?>"
        );
        assert_eq!(
            with("<a b='1' c='2'><d><e>x</e></d></a>", "b", None),
            "<a c=\"2\"><d><e>x</e></d></a>"
        );
    }
}
