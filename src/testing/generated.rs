//! The documents that a server writes itself: its capabilities and its directories.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};

use crate::answer::{ETag, conflict};
use crate::selector::{Application, CAPABILITIES, DIRECTORY, XCAP_CAPS, XCAP_DIRECTORY};
use crate::xml::Element;

use super::date;
use super::store::{Owner, Store};

/// Whether only the server writes the documents of this application usage.
pub(super) fn is_generated(auid: &str) -> bool {
    matches!(auid, CAPABILITIES | DIRECTORY)
}

/// The ETag of a generated text: a digest of it.
pub(super) fn etag(text: &str) -> ETag {
    let digest = Sha256::digest(text);
    let short = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    ETag::strong(&format!("{short:016x}"))
}

fn xml(root: &Element) -> String {
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{root}\n")
}

/// RFC 4825 section 12.
pub(super) fn capabilities<'a>(usages: impl Iterator<Item = &'a Application>) -> String {
    let mut auids = BTreeSet::new();
    let mut namespaces = BTreeSet::from([conflict::NAMESPACE]);
    for usage in usages {
        auids.insert(usage.auid.as_ref());
        namespaces.extend(usage.default_namespace.as_deref());
        namespaces.extend(usage.root.as_ref().map(|root| root.namespace.as_ref()));
    }
    namespaces.remove("");
    let list = |name: &str, item: &str, values: BTreeSet<&str>| {
        let children = values.into_iter().map(|value| Element::new(item).text(value));
        children.fold(Element::new(name), Element::child)
    };
    let root = Element::new(CAPABILITIES)
        .attr("xmlns", XCAP_CAPS)
        .child(list("auids", "auid", auids))
        .child(Element::new("extensions"))
        .child(list("namespaces", "namespace", namespaces));
    xml(&root)
}

/// The documents of one owner (OMA XDM, `xcap-directory`).
pub(super) fn directory(root: &str, store: &Store, owner: &Owner, is_full: bool) -> String {
    let mut folders: Vec<(&str, Element)> = Vec::new();
    for (place, document) in store.of(owner) {
        let entry = Element::new("entry")
            .attr("uri", &place.uri(root))
            .attr("etag", document.etag().opaque());
        let entry = if is_full {
            entry
                .attr("last-modified", &date::xml(document.modified()))
                .attr("size", &document.text().len().to_string())
        } else {
            entry
        };
        let folder = match folders.pop() {
            Some((auid, folder)) if auid == place.auid => folder,
            other => {
                folders.extend(other);
                Element::new("folder").attr("auid", &place.auid)
            }
        };
        folders.push((&place.auid, folder.child(entry)));
    }
    let root = Element::new("xcap-directory").attr("xmlns", XCAP_DIRECTORY);
    xml(&folders.into_iter().map(|(_, folder)| folder).fold(root, Element::child))
}
