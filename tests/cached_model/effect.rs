//! Whether a version of a document has the effect of a change.

use roxmltree::{Document, Node};
use xcaplib::{ResourceKind, document};

use crate::edit::Edit;
use crate::marker;
use crate::usage::Usage;

/// What a version lacks of a change that makes `after` of `before`; where it `is_seen`, the
/// selector has to select what was put. No version was made is `None`.
pub(crate) fn missing(
    edit: &Edit,
    before: &str,
    after: &str,
    version: Option<&str>,
    is_seen: bool,
    usage: Usage,
) -> Option<String> {
    let (added, removed) = (marker::missing(after, before), marker::missing(before, after));
    let Some(version) = version else {
        let has_effect = !added.is_empty() || !removed.is_empty();
        return has_effect.then(|| "no version was made\n".to_owned());
    };
    let here = marker::of(version);
    let absent: Vec<_> = added.iter().filter(|marker| !here.contains(*marker)).collect();
    let left: Vec<_> = removed.iter().filter(|marker| here.contains(*marker)).collect();
    if !absent.is_empty() || !left.is_empty() {
        return Some(format!("not there: {absent:?}, still there: {left:?}\n"));
    }
    if is_seen && !is_selected(edit, version, usage) {
        return Some("the selector does not select what was put\n".to_owned());
    }
    None
}

/// Whether the selector of what was put selects it, however it is spelt.
fn is_selected(edit: &Edit, version: &str, usage: Usage) -> bool {
    let Some((selector, body)) = edit.put() else { return true };
    let Ok(found) = document::get(version, selector, Some(usage.default_namespace())) else {
        return false;
    };
    if found.kind() == ResourceKind::Attribute {
        let quoted = |quote| body.strip_prefix(quote).and_then(|body| body.strip_suffix(quote));
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or(body);
        return attribute(found.as_str()) == attribute(value);
    }
    if found.as_str() == body.trim() {
        return true;
    }
    // An element that uses a prefix of its document does not stand by itself.
    let declared =
        |text: &str| format!("<x xmlns:rl='urn:rl' xmlns:cr='urn:cr' xmlns:pr='urn:pr'>{text}</x>");
    let (found, body) = (declared(found.as_str()), declared(body.trim()));
    match (Document::parse(&found), Document::parse(&body)) {
        (Ok(found), Ok(body)) => is_same(found.root_element(), body.root_element()),
        _ => false,
    }
}

/// The value between its quotes, references resolved.
fn attribute(value: &str) -> Option<String> {
    let element = format!("<x v=\"{value}\"/>");
    let document = Document::parse(&element).ok()?;
    document.root_element().attributes().next().map(|attribute| attribute.value().to_owned())
}

/// Whether two elements say the same.
fn is_same(a: Node<'_, '_>, b: Node<'_, '_>) -> bool {
    let attributes = |node: Node<'_, '_>| {
        let all = node.attributes();
        let mut all: Vec<_> = all.map(|a| (a.name().to_owned(), a.value().to_owned())).collect();
        all.sort();
        all
    };
    let text = |node: Node<'_, '_>| -> String {
        node.children().filter(Node::is_text).filter_map(|text| text.text()).collect()
    };
    let children = |node: Node<'_, '_>| -> Vec<_> {
        node.children().filter(Node::is_element).map(|n| n.id()).collect()
    };
    let (of_a, of_b) = (children(a), children(b));
    a.tag_name().name() == b.tag_name().name()
        && attributes(a) == attributes(b)
        && text(a).trim() == text(b).trim()
        && of_a.len() == of_b.len()
        && of_a.iter().zip(&of_b).all(|(x, y)| {
            let (x, y) = (a.document().get_node(*x), b.document().get_node(*y));
            x.zip(y).is_some_and(|(x, y)| is_same(x, y))
        })
}
