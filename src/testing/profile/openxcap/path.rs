//! How this server reads a request-target.

use percent_encoding::percent_decode_str;

use crate::testing::denial::Denial;
use crate::testing::http::Response;
use crate::testing::store::{Owner, Place};
use crate::testing::target::{self, Node, Target};

use super::selector;

/// The HTTP server decodes the path, and the application decodes it again. The query is dropped. So
/// are tabs, line ends, and everything after a `?` or `#` that the first decoding brings out.
pub(super) fn read(target: &str, root: &str) -> Result<Target, Denial> {
    let target = target::path_and_query(target);
    let path = target.split('?').next().unwrap_or_default();
    let once = percent_decode_str(path).decode_utf8_lossy().replace(['\t', '\n', '\r'], "");
    let once = once.split(['?', '#']).next().unwrap_or_default();
    let twice = percent_decode_str(once).decode_utf8_lossy();
    let path = target::below_root(&twice, root).map_err(|_| Denial::not_found("Not Found"))?;
    if path.is_empty() {
        let page = "<html><body><h1>Not Found</h1>There is nothing at the root.</body></html>";
        return Err(Denial::Answer(Response::new(404).body("text/html", page)));
    }
    let (document, node) = match path.split_once("~~") {
        Some((document, node)) => (document, Some(node)),
        None => (path, None),
    };
    let place = place(document)?;
    if let Some(expression) = node {
        selector::read(expression, None)?;
    }
    Ok(Target { place, node: node.map(|expression| Node::Expression(expression.to_owned())) })
}

/// One slash at the end is dropped. Segments such as `..` and empty segments are part of the file
/// name.
fn place(selector: &str) -> Result<Place, Denial> {
    let selector = selector.strip_suffix('/').unwrap_or(selector);
    let segments: Vec<&str> = selector.split('/').collect();
    let (auid, owner, filename) = match segments.as_slice() {
        [auid, "global", filename @ ..] => (auid, Owner::Global, filename),
        [auid, "users", user, filename @ ..] => (auid, Owner::User(xui(user)), filename),
        _ => return Err(no_selector("has no context, `users` or `global`", selector)),
    };
    if filename.is_empty() {
        return Err(no_selector("does not contain document's path", selector));
    }
    Ok(Place { auid: (*auid).to_owned(), owner, filename: filename.join("/") })
}

/// Users may be given without their scheme.
fn xui(user: &str) -> String {
    let has_scheme = user.split('@').next().is_some_and(|name| name.contains(':'));
    if has_scheme { user.to_owned() } else { format!("sip:{user}") }
}

fn no_selector(what: &str, selector: &str) -> Denial {
    Denial::NotFound(format!("Document selector {what}: '{selector}'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_decoded_twice_and_queries_dropped() {
        let read = |target: &str| read(target, "/r");
        let target = read("/r/a/users/sip:x@y/i/~~/b%255B@c=%2522d%2522%255D?xmlns(p=q)").unwrap();
        let Some(Node::Expression(expression)) = target.node else { panic!("no selector") };
        assert_eq!(expression, r#"/b[@c="d"]"#);
        for node in ["p:b?xmlns(p=urn:x)", "b%5B@c=%22d%23%22%5D", "b%5B@c=%22d%3F%22%5D"] {
            let target = read(&format!("/r/a/global/i/~~/{node}"));
            assert!(matches!(target, Err(Denial::BadRequest(_))), "{node}");
        }
    }

    #[test]
    fn dots_and_slashes_are_part_of_a_name() {
        let file =
            |path: &str| read(&format!("/r/a/users/x@y/{path}"), "/r").unwrap().place.filename;
        assert_eq!(file("i/"), "i");
        assert_eq!(file("i//"), "i/");
        assert_eq!(file("../i/."), "../i/.");
        assert!(matches!(read("/r/a/users/x@y/", "/r"), Err(Denial::NotFound(_))));
        assert_eq!(
            read("/r/a/users/x@y/i", "/r").unwrap().place.owner,
            Owner::User("sip:x@y".into())
        );
    }
}
