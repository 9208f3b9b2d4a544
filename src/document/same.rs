//! Whether two documents have the same content at one place, however it is written.

use roxmltree::{Node, NodeId, NodeType};

use crate::selector::Terminal;
use crate::xml::{self, Parsed};

use super::select::Query;

/// Whether a selector finds nodes with the same names, attributes, children and text in both
/// documents. Comments, instructions and the spelling of tags do not count.
pub(super) fn is_same_node(one: &Parsed, other: &Parsed, query: Query<'_>) -> bool {
    described(one, query).is_some_and(|one| Some(one) == described(other, query))
}

fn described(parsed: &Parsed, query: Query<'_>) -> Option<Vec<Piece>> {
    let names = query.within(parsed.tree());
    let element = names.walk(parsed.tree().root(), names.selector.steps()).ok()?;
    match names.selector.terminal() {
        None => Some(pieces(element)),
        Some(Terminal::Attribute(name)) => {
            let value = names.attribute(element, name)?.value();
            Some(vec![Piece::Text(value.to_owned())])
        }
        Some(Terminal::Namespaces) => None,
    }
}

#[derive(PartialEq, Eq)]
enum Piece {
    Start(Vec<Name>),
    Text(String),
    End,
}

/// Namespace, local name and value of an attribute. The first entry is for the element itself.
type Name = (String, String, String);

/// An element and everything below it, in document order. Without recursion, since documents may be
/// deep.
fn pieces(element: Node<'_, '_>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut open: Vec<NodeId> = Vec::new();
    for node in element.descendants() {
        while open.last().is_some_and(|last| node.parent().map(|parent| parent.id()) != Some(*last))
        {
            open.pop();
            pieces.push(Piece::End);
        }
        match node.node_type() {
            NodeType::Element => {
                open.push(node.id());
                pieces.push(Piece::Start(start(node)));
            }
            NodeType::Text => {
                let text = xml::text(node);
                match pieces.last_mut() {
                    Some(Piece::Text(before)) => before.push_str(&text),
                    _ => pieces.push(Piece::Text(text.into_owned())),
                }
            }
            _ => {}
        }
    }
    pieces
}

fn start(element: Node<'_, '_>) -> Vec<Name> {
    let (namespace, local) = xml::expanded_name(element);
    let mut attributes: Vec<Name> = element
        .attributes()
        .map(|attribute| {
            let namespace = attribute.namespace().unwrap_or_default();
            (namespace.to_owned(), attribute.name().to_owned(), attribute.value().to_owned())
        })
        .collect();
    attributes.sort_unstable();
    let name = (namespace.unwrap_or_default().to_owned(), local.to_owned(), String::new());
    [vec![name], attributes].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::selector::NodeSelector;

    fn is_same_node(one: &str, other: &str, selector: &NodeSelector) -> bool {
        let [one, other] = [one, other].map(|text| Parsed::read(text.to_owned()).unwrap());
        super::is_same_node(&one, &other, Query { selector, default_ns: None })
    }

    #[track_caller]
    fn check(one: &str, other: &str, is_same: bool) {
        let selector: NodeSelector = "/r/*[1]".parse().unwrap();
        assert_eq!(is_same_node(one, other, &selector), is_same, "{one} {other}");
    }

    #[test]
    fn spelling_is_no_difference_and_content_is() {
        let one = "<r><a x='1' y='2'>t<b/></a></r>";
        check(one, "<r>\n <a y=\"2\" x=\"&#49;\"><!-- c -->&#116;<b></b ></a></r>", true);
        check("<r xmlns:p='u'><p:a/></r>", "<r><a xmlns='u'/></r>", true);
        check("<r><a>a<!-- -->b</a></r>", "<r><a>a<![CDATA[b]]></a></r>", true);
        for other in [
            "<r><a x='1' y='3'>t<b/></a></r>",
            "<r><a x='1'>t<b/></a></r>",
            "<r><a x='1' y='2'>t<b/></a><c/></r>".replace("t<b/>", "<b/>t").as_str(),
            "<r><a x='1' y='2'>t <b/></a></r>",
            "<r><a x='1' y='2'>t<b>u</b></a></r>",
            "<r><a x='1' y='2'>t</a><b/></r>",
            "<r><c x='1' y='2'>t<b/></c></r>",
            "<r/>",
        ] {
            check(one, other, false);
        }
    }

    #[test]
    fn attributes_are_compared_by_value() {
        let selector: NodeSelector = "/r/@a".parse().unwrap();
        assert!(is_same_node("<r a='&lt;'/>", "<r a=\"&#60;\"/>", &selector));
        assert!(!is_same_node("<r a='1'/>", "<r a=''/>", &selector));
        assert!(!is_same_node("<r/>", "<r/>", &selector));
    }
}
