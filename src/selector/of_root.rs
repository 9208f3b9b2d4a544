//! Finds the application usage of a document by its root element.

use super::application::Application;
use super::registry::DIALOG_RULES;

/// An application usage, and the root element of its documents.
struct Row {
    auid: &'static str,
    /// `None` for a name that stands for the usage although no document has it.
    namespace: Option<&'static str>,
    name: &'static str,
}

/// Names that python-xcaplib accepted for these usages, although their documents do not have them.
static NAMES: [Row; 3] = [
    row("pres-rules", None, "pres-rules"),
    row("org.openxcap.dialog-rules", None, "dialog"),
    row("oma_status-icon", None, "icon"),
];

/// Namespaces that tell apart usages with the same root element: only documents of the later usage
/// declare them.
static NAMESPACES: [(&str, &str); 3] = [
    ("org.openmobilealliance.pres-rules", "urn:oma:xml:prs:pres-rules"),
    ("org.openmobilealliance.pres-rules", "urn:oma:xml:xdm:common-policy"),
    ("org.openxcap.dialog-rules", DIALOG_RULES),
];

const fn row(auid: &'static str, namespace: Option<&'static str>, name: &'static str) -> Row {
    Row { auid, namespace, name }
}

fn rows() -> impl Iterator<Item = Row> {
    let registered = Application::registry().iter().filter_map(|usage| {
        let root = usage.root.as_ref()?;
        Some(row(&usage.auid, Some(&root.namespace), &root.name))
    });
    registered.chain(NAMES.iter().map(|known| row(known.auid, known.namespace, known.name)))
}

fn has_declared(auid: &str, declared: &[&str]) -> bool {
    NAMESPACES.iter().any(|(of, namespace)| *of == auid && declared.contains(namespace))
}

impl Application {
    /// The AUIDs of the usages that a document with this root element may be of. Without a
    /// namespace the name alone tells them. `declared` are the namespaces that the document
    /// declares.
    ///
    /// Of several usages with the same root element the first is meant, and the others are named
    /// only where the document declares a namespace of theirs.
    #[doc(hidden)]
    #[must_use]
    pub fn of_root(namespace: Option<&str>, name: &str, declared: &[&str]) -> Vec<&'static str> {
        let is_root =
            |row: &Row| row.name == name && (namespace.is_none() || row.namespace == namespace);
        let mut namespaces = Vec::new();
        let mut auids = Vec::new();
        for row in rows().filter(is_root) {
            let is_first = !namespaces.contains(&row.namespace);
            if is_first || has_declared(row.auid, declared) {
                auids.push(row.auid);
            }
            namespaces.push(row.namespace);
        }
        auids
    }

    /// The AUIDs that are registered or told by a name, some of them twice.
    #[doc(hidden)]
    pub fn auids() -> impl Iterator<Item = &'static str> {
        let registered = Self::registry().iter().map(|usage| usage.auid.as_ref());
        registered.chain(NAMES.iter().map(|known| known.auid))
    }
}
