//! The application usage that a document tells by its root element.

use super::application::{Application, COMMON_POLICY};

const DIALOG_RULES: &str = "org.openxcap.dialog-rules";

/// An application usage, and the root element of its documents.
struct Row {
    auid: &'static str,
    /// `None` for a name that no document of the usage has, and that stands for it.
    namespace: Option<&'static str>,
    name: &'static str,
}

/// What the registry has not.
static UNREGISTERED: [Row; 5] = [
    row(DIALOG_RULES, Some(COMMON_POLICY), "ruleset"),
    row("org.openxcap.watchers", Some("http://openxcap.org/ns/watchers"), "watchers"),
    row("pres-rules", None, "pres-rules"),
    row(DIALOG_RULES, None, "dialog"),
    row("oma_status-icon", None, "icon"),
];

/// The namespaces of usages that share their root element with one before them.
static NAMESPACES: [(&str, &str); 3] = [
    ("org.openmobilealliance.pres-rules", "urn:oma:xml:prs:pres-rules"),
    ("org.openmobilealliance.pres-rules", "urn:oma:xml:xdm:common-policy"),
    (DIALOG_RULES, "http://openxcap.org/ns/dialog-rules"),
];

const fn row(auid: &'static str, namespace: Option<&'static str>, name: &'static str) -> Row {
    Row { auid, namespace, name }
}

fn rows() -> impl Iterator<Item = Row> {
    let registered = Application::registry().iter().filter_map(|usage| {
        let root = usage.root.as_ref()?;
        Some(row(&usage.auid, Some(&root.namespace), &root.name))
    });
    registered.chain(UNREGISTERED.iter().map(|known| row(known.auid, known.namespace, known.name)))
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
        let has_declared = |auid: &str| {
            NAMESPACES.iter().any(|(of, namespace)| *of == auid && declared.contains(namespace))
        };
        let mut found = rows().filter(is_root).map(|row| row.auid);
        let first = found.next();
        first.into_iter().chain(found.filter(|auid| has_declared(auid))).collect()
    }

    /// The AUIDs that are registered or told by a root element, some of them twice.
    #[doc(hidden)]
    pub fn auids() -> impl Iterator<Item = &'static str> {
        rows().map(|row| row.auid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = "urn:ietf:params:xml:ns:resource-lists";

    #[test]
    fn namespace_and_name_tell_the_usage_together() {
        let of = |namespace, name| Application::of_root(Some(namespace), name, &[]);
        assert_eq!(of(LISTS, "resource-lists"), ["resource-lists"]);
        assert_eq!(of(COMMON_POLICY, "ruleset"), ["pres-rules"]);
        assert_eq!(of("http://openxcap.org/ns/watchers", "watchers"), ["org.openxcap.watchers"]);
        for (namespace, name) in [
            ("urn:ietf:params:xml:ns:rls-services", "resource-lists"),
            (LISTS, "list"),
            ("urn:ietf:params:xml:ns:watcherinfo", "watchers"),
            ("urn:ietf:params:xml:ns:pres-rules", "pres-rules"),
            ("", "resource-lists"),
        ] {
            assert!(of(namespace, name).is_empty(), "{namespace} {name}");
        }
        for usage in Application::registry() {
            let root = usage.root.as_ref().unwrap();
            assert_eq!(of(&root.namespace, &root.name).len(), 1, "{}", usage.auid);
        }
    }

    #[test]
    fn a_name_alone_tells_a_usage() {
        for (name, auid) in [
            ("ruleset", "pres-rules"),
            ("pres-rules", "pres-rules"),
            ("dialog", DIALOG_RULES),
            ("watchers", "org.openxcap.watchers"),
            ("icon", "oma_status-icon"),
            ("simservs", "simservs.ngn.etsi.org"),
        ] {
            assert_eq!(Application::of_root(None, name, &[]), [auid]);
        }
        assert!(Application::of_root(None, "unknown", &[]).is_empty());
    }

    #[test]
    fn a_namespace_of_another_usage_makes_it_ambiguous() {
        let of = |declared: &[&str]| Application::of_root(Some(COMMON_POLICY), "ruleset", declared);
        let oma = "org.openmobilealliance.pres-rules";
        assert_eq!(of(&[COMMON_POLICY, "urn:ietf:params:xml:ns:pres-rules"]), ["pres-rules"]);
        assert_eq!(of(&["urn:oma:xml:prs:pres-rules"]), ["pres-rules", oma]);
        assert_eq!(of(&["urn:oma:xml:xdm:common-policy"]), ["pres-rules", oma]);
        let all = ["http://openxcap.org/ns/dialog-rules", "urn:oma:xml:xdm:common-policy"];
        assert_eq!(of(&all), ["pres-rules", oma, DIALOG_RULES]);
        assert_eq!(of(&all[..1]), ["pres-rules", DIALOG_RULES]);
        let lists = Application::of_root(Some(LISTS), "resource-lists", &all);
        assert_eq!(lists, ["resource-lists"]);
    }
}
