//! A service in a draft.

use crate::answer::Result;
use crate::document::{Draft, Selected};
use crate::selector::NodeSelector;
use crate::xml;

use super::kind::{Kind, RLS_SERVICES};
use super::list::List;
use super::root::is;
use super::value;

/// A service of a draft, which you can change (RFC 4826 section 4.1).
/// [`RlsServices::service`](super::RlsServices::service) returns one.
///
/// A service has either a list of its own or a link to a list of a resource-lists document.
///
/// ```
/// use xcaplib::document::Draft;
/// use xcaplib::usages::RlsServices;
///
/// let mut draft = Draft::new(RlsServices::empty(), None)?;
/// let service = RlsServices::of(&mut draft)?.service("sip:friends@example.com")?;
/// service.packages(["presence"])?.list()?.set("sip:bob@example.com", None)?;
/// assert!(draft.text().contains(
///     "<service uri=\"sip:friends@example.com\">\
///      <list><rl:entry uri=\"sip:bob@example.com\"/></list>\
///      <packages><package>presence</package></packages></service>"
/// ));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Debug)]
pub struct Service<'d> {
    draft: &'d mut Draft,
    selector: NodeSelector,
}

impl<'d> Service<'d> {
    pub(super) fn new(draft: &'d mut Draft, selector: NodeSelector) -> Self {
        Self { draft, selector }
    }

    /// Makes the service take subscriptions for exactly these event packages. If none is given, it
    /// takes all.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for a text that is not the name of an
    /// event package (RFC 6665 section 8.4); everything that [`Draft::put`] refuses.
    pub fn packages<S: AsRef<str>>(self, packages: impl IntoIterator<Item = S>) -> Result<Self> {
        let mut wanted: Vec<String> = Vec::new();
        for package in packages {
            let package = package.as_ref();
            value::token("package", package)?;
            if !wanted.iter().any(|wanted| wanted == package) {
                wanted.push(package.to_owned());
            }
        }
        let service = self.draft.get(&self.selector)?;
        let children = service.children();
        let old = children.iter().find(|child| is(child, RLS_SERVICES, "packages"));
        let (node, body) = match (old, wanted.is_empty()) {
            (None, true) => return Ok(self),
            (Some(old), true) => (service.selector(), service.with_replaced(&[(old, "")])),
            (Some(old), false) => (old.selector(), with_packages(old, &wanted)),
            (None, false) => {
                let prefix = service.prefix_within(RLS_SERVICES);
                let new = wanted.iter().fold(prefix.outermost("packages"), |packages, package| {
                    packages.child(prefix.element("package").text(package))
                });
                let source = children.iter().rfind(|child| is_list(child) || is_link(child));
                (service.selector(), service.with_child(source, new.as_ref()))
            }
        };
        self.draft.set(node, body)?;
        Ok(self)
    }

    /// The list of the service itself. If the service has a link, an empty list takes its place.
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::put`] refuses.
    pub fn list(self) -> Result<List<'d>> {
        let service = self.draft.get(&self.selector)?;
        let list = match service.children().iter().find(|child| is_list(child)) {
            Some(list) => list.selector(),
            None => {
                let new = service.prefix_within(RLS_SERVICES).outermost("list");
                let body = with_source(&service, new.as_ref());
                self.draft.set(&self.selector, body)?;
                let service = self.draft.get(&self.selector)?;
                let list = service.children().into_iter().find(is_list);
                list.map_or_else(|| self.selector.clone(), |list| list.selector())
            }
        };
        Ok(List::top(self.draft, list))
    }

    /// Makes the service use a list of a resource-lists document. `url` is the HTTP URI of the
    /// list's element, percent-encoded, as [`Request::url`](crate::Request::url) returns it. If the
    /// service has a list of its own, that list is removed with everything in it.
    ///
    /// ```
    /// use xcaplib::usages::RlsServices;
    ///
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let friends = client.url("resource-lists", r#"/resource-lists/list[@name="friends"]"#)?;
    /// let mut services = client.request("rls-services").open_or_insert(RlsServices::empty())?;
    /// services.edit(|draft| {
    ///     RlsServices::of(draft)?.service("sip:alices-friends@example.com")?.link(&friends)?;
    ///     Ok(())
    /// })?;
    /// let read = RlsServices::read(services.text())?;
    /// assert_eq!(read.services()[0].link(), Some(friends.as_str()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for a text that is not an absolute HTTP
    /// URI; everything that [`Draft::put`] refuses.
    pub fn link(self, url: &str) -> Result<Self> {
        value::http_uri("link", url)?;
        let service = self.draft.get(&self.selector)?;
        let (node, body) = match service.children().iter().find(|child| is_link(child)) {
            Some(link) if link.text().trim_matches(xml::is_whitespace) == url => return Ok(self),
            Some(link) => (link.selector(), link.with_content(&xml::escape_text(url))),
            None => {
                let new = service.prefix_within(RLS_SERVICES).outermost("resource-list").text(url);
                (service.selector(), with_source(&service, new.as_ref()))
            }
        };
        self.draft.set(node, body)?;
        Ok(self)
    }
}

/// Whether the element is a list of the service's own. The schema has it in the namespace of
/// rls-services, and its content in the namespace of resource-lists.
pub(super) fn is_list(element: &Selected<'_>) -> bool {
    is(element, RLS_SERVICES, "list") || Kind::List.is(element)
}

pub(super) fn is_link(element: &Selected<'_>) -> bool {
    is(element, RLS_SERVICES, "resource-list")
}

/// The service with this list or link in the place of its present one. If it has none, the new one
/// comes first.
fn with_source(service: &Selected<'_>, new: &str) -> String {
    match service.children().iter().find(|child| is_list(child) || is_link(child)) {
        Some(old) => service.with_replaced(&[(old, new)]),
        None => service.with_child(None, new),
    }
}

pub(super) fn package_names<'x>(packages: &Selected<'x>) -> Vec<(Selected<'x>, String)> {
    let children = packages.children().into_iter();
    let children = children.filter(|child| is(child, RLS_SERVICES, "package"));
    children
        .map(|package| {
            let name = package.text().trim_matches(xml::is_whitespace).to_owned();
            (package, name)
        })
        .collect()
}

/// The `packages` element with exactly these packages. Missing ones are added after the last.
fn with_packages(packages: &Selected<'_>, wanted: &[String]) -> String {
    let old = package_names(packages);
    let prefix = packages.prefix_within(RLS_SERVICES);
    let missing = wanted.iter().filter(|wanted| !old.iter().any(|(_, name)| name == *wanted));
    let new: String =
        missing.map(|name| prefix.outermost("package").text(name).to_string()).collect();
    let mut kept: Vec<_> = old
        .iter()
        .map(|(package, name)| if wanted.contains(name) { package.as_str() } else { "" })
        .map(str::to_owned)
        .collect();
    match kept.last_mut() {
        Some(last) => last.push_str(&new),
        None => return packages.with_child(None, &new),
    }
    let changes: Vec<_> =
        old.iter().zip(&kept).map(|((package, _), kept)| (package, kept.as_str())).collect();
    packages.with_replaced(&changes)
}
