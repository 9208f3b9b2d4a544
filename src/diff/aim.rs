//! Which document a report is about, however its selector is written.

use percent_encoding::percent_decode_str;
use url::Url;

/// What a report's selector means in relation to a document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    Document,
    /// A node in the document, after `/~~/`.
    Part,
}

/// What a report's selector means in relation to a document. `document` is the document's path
/// below the XCAP root. `None` if the report is about another document.
///
/// Selectors are paths below the root. Servers also send absolute URIs, below the root or on its
/// host.
pub(super) fn of(selector: &str, document: &str, roots: &[&str]) -> Option<Aim> {
    let named = Uri::read(selector.split(['?', '#']).next().unwrap_or_default())?;
    let node = named.segments.iter().position(|segment| segment == b"~~");
    let (aim, segments) = match node {
        Some(at) => (Aim::Part, named.segments.get(..at)?),
        None => (Aim::Document, named.segments.as_slice()),
    };
    let document = below_root(document, roots)?;
    let is_at = |root: &Uri| {
        let is_here = named.origin.is_none() || named.origin == root.origin;
        let below = segments.strip_prefix(root.folder());
        is_here && (segments == document || below == Some(document.as_slice()))
    };
    // A path with a leading slash begins at the host or at the XCAP root. Any other path begins at
    // the XCAP root.
    let is_relative = named.origin.is_none();
    let is_it = (is_relative && segments == document)
        || (selector.starts_with('/') || !is_relative)
            && roots.iter().filter_map(|root| Uri::read(root)).any(|root| is_at(&root));
    is_it.then_some(aim)
}

/// The segments of a document below its root. The document is given as such a path, or as a URL.
fn below_root(document: &str, roots: &[&str]) -> Option<Vec<Vec<u8>>> {
    let given = Uri::read(document)?;
    if given.origin.is_none() {
        return Some(given.segments);
    }
    roots.iter().filter_map(|root| Uri::read(root)).find_map(|root| {
        let below = given.segments.strip_prefix(root.folder())?;
        (root.origin == given.origin).then(|| below.to_vec())
    })
}

/// A URI, or a path.
struct Uri {
    /// Scheme, host and port.
    origin: Option<String>,
    segments: Vec<Vec<u8>>,
}

impl Uri {
    fn read(text: &str) -> Option<Self> {
        let (origin, path) = match text.split_once("://") {
            Some((scheme, rest)) if !scheme.contains('/') => {
                let path = rest.get(rest.find('/').unwrap_or(rest.len())..)?;
                let origin = Url::parse(text.strip_suffix(path)?).ok()?.origin();
                (Some(origin).filter(url::Origin::is_tuple)?.ascii_serialization().into(), path)
            }
            _ => (None, text),
        };
        Some(Self { origin, segments: segments_of(path) })
    }

    /// The segments, without a slash at the end.
    fn folder(&self) -> &[Vec<u8>] {
        match self.segments.split_last() {
            Some((last, folder)) if last.is_empty() => folder,
            _ => &self.segments,
        }
    }
}

/// The decoded segments of a path.
fn segments_of(path: &str) -> Vec<Vec<u8>> {
    let path = path.strip_prefix('/').unwrap_or(path);
    path.split('/').map(|segment| percent_decode_str(segment).collect()).collect()
}
