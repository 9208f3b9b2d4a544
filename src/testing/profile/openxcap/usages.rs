//! The application usages of this server, and its checks of their documents.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use roxmltree::Node;

use crate::answer::{Conflict, Exists};
use crate::selector::{Application, CAPABILITIES, DIRECTORY, RootElement, Tree};
use crate::testing::denial::Denial;
use crate::testing::profile::rfc4825;
use crate::testing::site::Site;
use crate::xml;

use super::steps::attribute;

/// A GET of it needs no password, and its documents are not checked.
pub(super) const PRES_CONTENT: &str = "org.openmobilealliance.pres-content";
const WATCHERS: &str = "org.openxcap.watchers";
const RESOURCE_LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";
const COMMON_POLICY: &str = "urn:ietf:params:xml:ns:common-policy";

type Row = (&'static str, &'static str, &'static str, Option<(&'static str, &'static str)>);

/// AUID, media type, namespace of names without a prefix, and root element. In the order of the
/// capabilities.
const TABLE: [Row; 12] = [
    (
        "org.openxcap.dialog-rules",
        "application/auth-policy+xml",
        "http://openxcap.org/ns/dialog-rules",
        Some((COMMON_POLICY, "ruleset")),
    ),
    (
        "pidf-manipulation",
        "application/pidf+xml",
        "urn:ietf:params:xml:ns:pidf",
        Some(("urn:ietf:params:xml:ns:pidf", "presence")),
    ),
    (
        "pres-rules",
        "application/auth-policy+xml",
        "urn:ietf:params:xml:ns:pres-rules",
        Some((COMMON_POLICY, "ruleset")),
    ),
    (
        "org.openmobilealliance.pres-rules",
        "application/auth-policy+xml",
        "urn:ietf:params:xml:ns:pres-rules",
        Some((COMMON_POLICY, "ruleset")),
    ),
    ("org.openxcap.purge", "application/xml", "http://openxcap.org/ns/purge", None),
    (
        "resource-lists",
        "application/resource-lists+xml",
        RESOURCE_LISTS,
        Some((RESOURCE_LISTS, "resource-lists")),
    ),
    (
        "rls-services",
        "application/rls-services+xml",
        "urn:ietf:params:xml:ns:rls-services",
        Some(("urn:ietf:params:xml:ns:rls-services", "rls-services")),
    ),
    ("test-app", "application/test-app+xml", "test-app", None),
    (WATCHERS, "application/xml", "http://openxcap.org/ns/watchers", None),
    (CAPABILITIES, "application/xcap-caps+xml", "urn:ietf:params:xml:ns:xcap-caps", None),
    (DIRECTORY, "application/vnd.oma.xcap-directory+xml", "urn:oma:xml:xdm:xcap-directory", None),
    (PRES_CONTENT, "application/vnd.oma.pres-content+xml", "urn:oma:xml:prs:pres-content", None),
];

static USAGES: LazyLock<Vec<Application>> = LazyLock::new(|| TABLE.iter().map(usage).collect());

pub(super) fn all() -> &'static [Application] {
    &USAGES
}

fn usage((auid, media_type, namespace, root): &Row) -> Application {
    Application {
        media_type: Cow::Borrowed(*media_type),
        default_namespace: Some(Cow::Borrowed(*namespace)),
        root: root.map(|(namespace, name)| RootElement::new(namespace, name)),
        tree: if *auid == CAPABILITIES { Tree::Global } else { Tree::Users },
        ..Application::new(*auid)
    }
}

/// What happens with a document that the server writes itself.
pub(super) enum Written {
    Text(String),
    /// It belongs to the other tree.
    Elsewhere,
    /// The server fails on it.
    Broken,
}

/// What happens with a document of a usage that nobody can write, whatever its file name. `None`
/// for other usages.
pub(super) fn written(auid: &str, is_global: bool, site: &Site) -> Option<Written> {
    match (auid, is_global) {
        (CAPABILITIES, true) => Some(Written::Text(capabilities(site))),
        (WATCHERS, false) => Some(Written::Text(
            "<?xml version='1.0' encoding='utf-8'?>\n\
             <watchers xmlns=\"http://openxcap.org/ns/watchers\"/>\n"
                .to_owned(),
        )),
        (DIRECTORY, false) => Some(Written::Broken),
        (CAPABILITIES | WATCHERS | DIRECTORY, _) => Some(Written::Elsewhere),
        _ => None,
    }
}

/// The capabilities document. It lists the namespace of every usage, even if it has been listed
/// before.
fn capabilities(site: &Site) -> String {
    let own = site.applications.iter().filter(|own| all().iter().all(|all| all.auid != own.auid));
    let usages: Vec<&Application> = all().iter().chain(own).collect();
    let lines = |name: &str, texts: Vec<&str>| -> String {
        let line = |text: &&str| format!("    <{name}>{}</{name}>\n", xml::escape_text(text));
        texts.iter().map(line).collect()
    };
    let auids = lines("auid", usages.iter().map(|usage| usage.auid.as_ref()).collect());
    let namespaces = usages.iter().filter_map(|usage| usage.default_namespace.as_deref());
    let namespaces = lines("namespace", namespaces.collect());
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n\
         <xcap-caps xmlns=\"urn:ietf:params:xml:ns:xcap-caps\">\n  <auids>\n{auids}  </auids>\n  \
         <extensions/>\n  <namespaces>\n{namespaces}  </namespaces>\n</xcap-caps>\n"
    )
}

/// Whether a document can be stored: it is well-formed UTF-8, has the right root element (the
/// schema is not checked), and no list has duplicate names or URIs.
pub(super) fn check(text: &str, usage: &Application) -> Result<(), Denial> {
    if usage.auid == PRES_CONTENT {
        return Ok(());
    }
    rfc4825::check_well_formed(text)?;
    rfc4825::check_encoding(text)?;
    rfc4825::check_root(text, usage)?;
    if usage.auid == "resource-lists" { check_lists(text) } else { Ok(()) }
}

/// Checks the root and every list in it. Two lists without a name are duplicates. The lists of
/// rls-services are not checked.
fn check_lists(text: &str) -> Result<(), Denial> {
    let source = xml::Source::new(text);
    let Ok(document) = source.parse() else { return Ok(()) };
    let mut lists = vec![document.root_element()];
    while let Some(list) = lists.pop() {
        check_list(list)?;
        lists.extend(list.children().filter(|child| is(*child, "list")));
    }
    Ok(())
}

fn is(node: Node<'_, '_>, name: &str) -> bool {
    let tag = node.tag_name();
    tag.name() == name && tag.namespace() == Some(RESOURCE_LISTS)
}

fn check_list(list: Node<'_, '_>) -> Result<(), Denial> {
    for (name, key) in
        [("list", "name"), ("entry", "uri"), ("entry-ref", "ref"), ("external", "anchor")]
    {
        let mut seen: HashSet<Option<String>> = HashSet::new();
        for child in list.children().filter(|child| is(*child, name)) {
            let value = attribute(child, key);
            if seen.contains(&value.map(str::to_owned)) {
                let field = format!("{}/@{key}", path(child));
                let exists = vec![Exists { field, alt_values: Vec::new() }];
                return Err(Denial::Conflict(
                    Conflict::new("uniqueness-failure").with_exists(exists),
                ));
            }
            // References are stored decoded, but looked up as written.
            let is_reference = matches!(name, "entry-ref" | "external");
            seen.insert(value.map(|value| match is_reference {
                true => percent_decode_str(value).decode_utf8_lossy().into_owned(),
                false => value.to_owned(),
            }));
        }
    }
    Ok(())
}

/// `/*/*[0]/*[1]`: the path of an element. Positions are counted from 0.
fn path(node: Node<'_, '_>) -> String {
    let elements =
        |node: Node<'_, '_>| node.prev_siblings().skip(1).filter(Node::is_element).count();
    let mut path = String::new();
    for node in node.ancestors().filter(Node::is_element) {
        match node.parent_element() {
            Some(_) => path.insert_str(0, &format!("/*[{}]", elements(node))),
            None => path.insert_str(0, "/*"),
        }
    }
    path
}
