//! Elements to put, written in the ways that people write them.

use roxmltree::Node;

use crate::generate::Rng;
use crate::marker::Markers;
use crate::usage::{LISTS, POLICY, RULES};

/// A kind of element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) namespace: &'static str,
    pub(crate) local: &'static str,
    /// The attribute that tells it from its siblings.
    pub(crate) id: Option<&'static str>,
}

const KINDS: [Kind; 11] = [
    Kind { namespace: LISTS, local: "resource-lists", id: None },
    Kind { namespace: LISTS, local: "list", id: Some("name") },
    Kind { namespace: LISTS, local: "entry", id: Some("uri") },
    Kind { namespace: LISTS, local: "display-name", id: None },
    Kind { namespace: POLICY, local: "rule", id: Some("id") },
    Kind { namespace: POLICY, local: "conditions", id: None },
    Kind { namespace: POLICY, local: "identity", id: None },
    Kind { namespace: POLICY, local: "one", id: Some("id") },
    Kind { namespace: POLICY, local: "actions", id: None },
    Kind { namespace: POLICY, local: "transformations", id: None },
    Kind { namespace: RULES, local: "sub-handling", id: None },
];

impl Kind {
    pub(crate) fn of(node: Node<'_, '_>) -> Self {
        let name = node.tag_name();
        let same =
            |kind: &&Self| Some(kind.namespace) == name.namespace() && kind.local == name.name();
        *KINDS.iter().find(same).unwrap_or_else(|| panic!("an element of no kind: {name:?}"))
    }

    fn named(local: &str) -> Self {
        *KINDS.iter().find(|kind| kind.local == local).unwrap()
    }
}

/// What may be put into an element, if more than text may.
pub(crate) fn child_of(rng: &mut Rng, parent: Node<'_, '_>) -> Option<Kind> {
    let local = match parent.tag_name().name() {
        "resource-lists" => "list",
        "list" => rng.pick(&["entry", "entry", "list"]),
        "ruleset" => "rule",
        "identity" => "one",
        _ => return None,
    };
    Some(Kind::named(local))
}

/// An element to stand in this parent, with a marker in it.
pub(crate) fn element(
    rng: &mut Rng,
    markers: &mut Markers,
    parent: Node<'_, '_>,
    kind: &Kind,
    id: Option<&str>,
) -> String {
    let Kind { namespace, local, .. } = *kind;
    let (prefix, declaration) = match parent.lookup_prefix(namespace) {
        _ if parent.lookup_namespace_uri(None) == Some(namespace) => (String::new(), String::new()),
        Some(prefix) if !prefix.is_empty() => (format!("{prefix}:"), String::new()),
        _ => (String::new(), format!(" xmlns=\"{namespace}\"")),
    };
    let quote = rng.pick(&["\"", "\"", "'"]);
    let mut tag = format!("{prefix}{local}{declaration}");
    if let (Some(name), Some(value)) = (kind.id, id) {
        tag.push_str(&format!(" {name}={quote}{}{quote}", escaped(value)));
    }
    let content = content(rng, markers, local, &prefix);
    let written = match content.as_str() {
        "" => rng.pick(&["<T/>", "<T/>", "<T></E>", "<T />"]).to_owned(),
        content => format!("<T>{content}</E>"),
    };
    let written = written.replacen("<T", &format!("<{tag}"), 1);
    let written = written.replacen("</E>", &format!("</{prefix}{local}>"), 1);
    // As the end of a file has it, or an editor.
    let (before, after) = rng.pick(&[("", ""), ("", ""), ("", ""), ("", "\n"), ("\n  ", "\n")]);
    format!("{before}{written}{after}")
}

fn content(rng: &mut Rng, markers: &mut Markers, local: &str, p: &str) -> String {
    let marker = markers.next();
    let inside = match local {
        "entry" => {
            let text = rng.pick(&["M", "M", "Zo\u{eb} M &amp; co &#228;", "<![CDATA[<M>]]> "]);
            format!("<{p}display-name>{text}</{p}display-name>")
        }
        "list" => rng
            .pick(&[
                "<Pentry uri='sip:M@example.com'/>",
                "\n  <Pentry uri=\"sip:M@example.com\"></Pentry>\n",
                "<!-- M -->",
            ])
            .replace('P', p),
        "rule" => format!(
            "<{p}conditions><{p}identity><{p}one id=\"sip:M@example.com\"/></{p}identity></{p}conditions>"
        ),
        "display-name" | "sub-handling" => "M".to_owned(),
        _ => "<!--M-->".to_owned(),
    };
    let may_be_empty = matches!(local, "entry" | "list" | "rule" | "one");
    if may_be_empty && rng.percent(40) { String::new() } else { inside.replace('M', &marker) }
}

fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;").replace('\'', "&apos;")
}
