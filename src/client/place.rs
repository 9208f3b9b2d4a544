//! Where a document is below an XCAP root, as a server or a path says it (RFC 4825 section 6.2).

use percent_encoding::percent_decode_str;

use crate::selector::{DocumentSelector, Root, Tree, UserId, malformed_escape};

/// Where a document is, as the server writes it (RFC 4825 section 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) application: String,
    /// `None` is the global tree.
    pub(crate) user: Option<UserId>,
    pub(crate) filename: String,
}

impl Place {
    /// Reads the place from the URI of a document. The host is ignored.
    pub(crate) fn read(uri: &str, folder: &str, root: &Root) -> Option<Self> {
        let (path, is_absolute) = path(uri)?;
        let segments = decoded(path.strip_prefix('/').unwrap_or(path))?;
        let (below, is_below) = match below_root(&segments, root) {
            Some(below) => (below, true),
            None => (segments.as_slice(), !is_absolute),
        };
        let place = Self::of(below.get(application(below, folder, is_below)?..)?)?;
        place.is_valid().then_some(place)
    }

    /// What a path below the root says, with or without a slash before it.
    pub(crate) fn below_root(path: &str) -> Option<Self> {
        let place = Self::of(&decoded(path.strip_prefix('/').unwrap_or(path))?)?;
        place.is_valid().then_some(place)
    }

    /// The place that the segments of a document selector name.
    fn of(segments: &[String]) -> Option<Self> {
        let (application, tree, rest) = match segments {
            [application, tree, rest @ ..] => (application, tree, rest),
            _ => return None,
        };
        let (user, filename) = match (tree.as_str(), rest) {
            ("global", filename) => (None, filename),
            ("users", [user, filename @ ..]) => (Some(UserId::exact(user).ok()?), filename),
            _ => return None,
        };
        // An encoded `/` does not separate subdirectories.
        if filename.is_empty() || filename.iter().any(|segment| segment.contains('/')) {
            return None;
        }
        Some(Self { application: application.clone(), user, filename: filename.join("/") })
    }

    /// Whether a request for this place would be sent. Also, none of its names may lead out of a
    /// directory when it is appended to the directory's path.
    fn is_valid(&self) -> bool {
        let user = self.user.as_ref().map_or("", UserId::as_str);
        if [&self.application, user, &self.filename].into_iter().any(leaves) {
            return false;
        }
        let (tree, user) = match &self.user {
            Some(user) => (Tree::Users, user.clone()),
            None => (Tree::Global, UserId::default()),
        };
        DocumentSelector::new(&self.application, tree, &user, &self.filename).is_ok()
    }
}

/// Whether a name, taken as a path, leads out of the directory where it begins.
fn leaves(name: &str) -> bool {
    let is_separator = |c| matches!(c, '/' | '\\');
    name.starts_with(is_separator)
        || name.split(is_separator).any(|part| matches!(part, "." | ".."))
}

/// The path of a URI, and whether the URI is absolute. The URI of a document has no query.
fn path(uri: &str) -> Option<(&str, bool)> {
    if uri.contains(['?', '#', '\\']) {
        return None;
    }
    let rest = match uri.split_once("://") {
        Some((scheme, rest)) if !scheme.contains('/') => rest,
        _ => return Some((uri, false)),
    };
    Some((rest.get(rest.find('/')?..)?, true))
}

fn decoded(path: &str) -> Option<Vec<String>> {
    if malformed_escape(path).is_some() {
        return None;
    }
    let decode = |segment| percent_decode_str(segment).decode_utf8().ok().map(Into::into);
    path.split('/').map(decode).collect()
}

/// The segments below the XCAP root, if the path is below it.
fn below_root<'s>(segments: &'s [String], root: &Root) -> Option<&'s [String]> {
    match root.path().strip_prefix('/') {
        Some(root) => segments.strip_prefix(decoded(root)?.as_slice()),
        None => Some(segments),
    }
}

/// Which segment is the AUID. If it is known where the root ends, it is the first one after it.
///
/// If a proxy stands before the server, the path may begin differently from the client's root. Then
/// the AUID is the segment with the name of the folder, or else the one before the name of a tree.
fn application(segments: &[String], folder: &str, is_below_root: bool) -> Option<usize> {
    let is_tree = |name: &String| matches!(name.as_str(), "users" | "global");
    if is_below_root && segments.get(1).is_some_and(is_tree) {
        return Some(0);
    }
    let pairs = || segments.windows(2).enumerate();
    let by_folder =
        pairs().find(|(_, pair)| matches!(pair, [a, tree] if a == folder && is_tree(tree)));
    let (at, _) =
        by_folder.or_else(|| pairs().find(|(_, pair)| pair.get(1).is_some_and(is_tree)))?;
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn place(root: &str, uri: &str) -> Option<String> {
        let root = Root::new(root).unwrap();
        Place::read(uri, "groups", &root).map(|place| {
            let user = place.user.as_ref().map_or("global", UserId::as_str);
            format!("{} {user} {}", place.application, place.filename)
        })
    }

    #[test]
    fn a_place_is_found_in_a_uri() {
        let at_root = "http://a.example";
        let below = "https://a.example/xcap/root";
        for (root, uri, expected) in [
            (at_root, "http://a.example/l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "HTTP://u:p@evil.example:81/l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "l/users/sip:x@y/index", "l sip:x@y index"),
            (at_root, "/l/users/x@y/d%20e/f", "l x@y d e/f"),
            (at_root, "/l/global/i%5b", "l global i["),
            (at_root, "groups/users/x/l/users/y", "groups x l/users/y"),
            (at_root, "l/users/x/groups/users/y", "l x groups/users/y"),
            (at_root, "http://a.example/other/root/groups/users/x/i", "groups x i"),
            (at_root, "http://a.example/other/root/l/users/x/i", "l x i"),
            (below, "http://b.example/xcap/r%6Fot/l/users/x/groups/users/i", "l x groups/users/i"),
            (below, "/xcap/root/l/users/x/i", "l x i"),
            (below, "/l/users/x/i", "l x i"),
            (below, "http://b.example/users/root/groups/users/x/i", "groups x i"),
            (at_root, "l/users/users/users", "l users users"),
            (at_root, "l/users/a%2F..b/..i./j", "l a/..b ..i./j"),
        ] {
            assert_eq!(place(root, uri).as_deref(), Some(expected), "{uri}");
        }
    }

    #[test]
    fn what_names_no_document() {
        for uri in [
            "",
            "/",
            "http://a.example",
            "http://a.example/",
            "l/users/x",
            "l/users/x/",
            "l/users//i",
            "l/users/x/../i",
            "l/users/x/%2e%2E/i",
            "l/users/x/a%2Fb",
            "l/users/x/i/~~/e",
            "l/users/x/%7e~",
            "l/users/x/a//b",
            "l/users/x/i?q",
            "l/users/x/i#f",
            "l/users/x/%4",
            "l/users/x/%ff",
            "l/users/x/a%0D%0Ab",
            "..%2Fl/users/x/i",
            "a%2F..%2F..%2Fl/users/x/i",
            "%2Fl/users/x/i",
            "..%5Cl/users/x/i",
            "l/users/..%2Fx/i",
            "l/users/%2fetc%2fpasswd/i",
            "l/users/sip:x@y%2F..%2F..%2Fz/i",
            "l/users/x/..%5Ci",
            "l/users/x/d/a%5C..%5C..%5Ci",
            "l/global/%5Ci",
            "l/global",
            "l/other/x/i",
            "/users/x/i",
            "../users/x/i",
            "\\\\host\\l/users/x/i",
        ] {
            assert_eq!(place("http://a.example", uri), None, "{uri}");
        }
    }
}
