//! The application usage of a call.

use std::collections::BTreeSet;

use roxmltree::{Document, Namespace, Node, ParsingOptions};
use xcaplib::Application;

use crate::args::{Failure, Options};

use super::input::Input;
use super::pieces::{Piece, pieces};

/// The AUID of `--app`. Without that option, the selector's first step or the document to send
/// tells it.
pub(super) fn of(options: &Options, input: &Input) -> Result<String, Failure> {
    if let Some(app) = &options.app {
        return Ok(app.clone());
    }
    let node = options.node_selector.as_deref().filter(|node| !node.is_empty());
    let auids = match node {
        Some(node) => of_name(first_step(node), &[]),
        None => of_document(&String::from_utf8_lossy(input.bytes())),
    };
    match auids.as_slice() {
        [auid] => Ok((*auid).to_owned()),
        [] => Err(Failure::Usage(
            "the application usage cannot be guessed; give it with --app".to_owned(),
        )),
        several => Err(Failure::Usage(format!(
            "the document may be of {}; give the one that is meant with --app",
            several.join(" or of ")
        ))),
    }
}

fn first_step(node: &str) -> &str {
    let node = node.trim_start_matches('/');
    node.split(['/', '[', '?']).next().unwrap_or_default()
}

/// The usage that a name tells without its namespace. In a selector, the meaning of a name without
/// a prefix depends on the usage.
fn of_name(qname: &str, declared: &[&str]) -> Vec<&'static str> {
    let local = qname.rsplit(':').next().unwrap_or_default();
    Application::of_root(None, local, declared)
}

fn of_document(text: &str) -> Vec<&'static str> {
    let options = ParsingOptions { allow_dtd: true, ..ParsingOptions::default() };
    let Ok(document) = Document::parse_with_options(text, options) else {
        // The text is refused later with its URL and its fault, or sent as it is with
        // `--no-validate`. The namespaces that it declares are among its quoted parts.
        let quoted: Vec<_> = text.split(['"', '\'']).collect();
        return root_name(text).map(|name| of_name(name, &quoted)).unwrap_or_default();
    };
    let elements = document.descendants().filter(Node::is_element);
    let declared: BTreeSet<_> =
        elements.flat_map(|element| element.namespaces()).map(Namespace::uri).collect();
    let declared: Vec<_> = declared.into_iter().collect();
    let root = document.root_element().tag_name();
    Application::of_root(root.namespace(), root.name(), &declared)
}

/// The name in the first tag of a text that is not well-formed.
fn root_name(text: &str) -> Option<&str> {
    let tag = pieces(text).find_map(|piece| match piece {
        Piece::Start(tag) | Piece::Empty(tag) => tag.strip_prefix('<'),
        _ => None,
    })?;
    tag.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next()
}
