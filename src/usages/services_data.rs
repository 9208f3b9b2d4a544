//! Services, as they were read.

use crate::document::Selected;
use crate::xml;

use super::kind::{Kind, RLS_SERVICES};
use super::list_data::{ListData, Lists};
use super::root::is;
use super::service::{is_link, is_list, package_names};
use super::uri;

/// The services of a document, as they were read.
///
/// ```
/// use xcaplib::usages::{RlsServices, RlsServicesData};
///
/// let xml = r#"<rls-services xmlns="urn:ietf:params:xml:ns:rls-services">
///   <service uri="sip:friends@example.com"><list/></service>
/// </rls-services>"#;
/// let read: RlsServicesData = RlsServices::read(xml)?;
/// assert_eq!(read.services().len(), 1);
/// assert!(read.service("SIP:friends@Example.com").is_some());
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RlsServicesData {
    services: Vec<ServiceData>,
}

impl RlsServicesData {
    pub(super) fn of(root: &Selected<'_>) -> Self {
        let children = root.children();
        let services = children.iter().filter(|child| Kind::Service.is(child));
        Self { services: services.filter_map(ServiceData::of).collect() }
    }

    /// The services, in document order. A service without a URI is left out.
    #[must_use]
    pub fn services(&self) -> &[ServiceData] {
        &self.services
    }

    /// The service of this URI, in whichever spelling: see [`List::set`](super::List::set).
    #[must_use]
    pub fn service(&self, uri: &str) -> Option<&ServiceData> {
        let services = || self.services.iter();
        let exact = services().find(|service| service.uri == uri);
        exact.or_else(|| services().find(|service| uri::is_same(&service.uri, uri)))
    }
}

/// A service, as it was read (RFC 4826 section 4.1).
///
/// ```
/// use xcaplib::usages::RlsServices;
///
/// let xml = r#"<rls-services xmlns="urn:ietf:params:xml:ns:rls-services"
///     xmlns:rl="urn:ietf:params:xml:ns:resource-lists">
///   <service uri="sip:friends@example.com">
///     <list><rl:entry uri="sip:bob@example.com"/></list>
///     <packages><package>presence</package></packages>
///   </service>
/// </rls-services>"#;
/// let read = RlsServices::read(xml)?;
/// let friends = read.service("sip:friends@example.com").unwrap();
/// assert_eq!(friends.uri(), "sip:friends@example.com");
/// assert_eq!(friends.packages(), ["presence"]);
/// assert_eq!(friends.list().map(|list| list.entries().count()), Some(1));
/// assert_eq!(friends.link(), None);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceData {
    uri: String,
    packages: Vec<String>,
    list: Option<Lists>,
    link: Option<String>,
}

impl ServiceData {
    fn of(service: &Selected<'_>) -> Option<Self> {
        let uri = service.attr("uri")?.into_owned();
        let children = service.children();
        let packages = children.iter().find(|child| is(child, RLS_SERVICES, "packages"));
        let packages = packages.map(package_names).unwrap_or_default();
        let link = children.iter().find(|child| is_link(child));
        Some(Self {
            uri,
            packages: packages.into_iter().map(|(_, name)| name).collect(),
            link: link.map(|link| link.text().trim_matches(xml::is_whitespace).to_owned()),
            list: children.into_iter().find(is_list).map(Lists::read),
        })
    }

    /// The URI to subscribe to, as it is spelled in the document.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The event packages for which it takes subscriptions. An empty list means all of them.
    #[must_use]
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// The list of the service itself.
    #[must_use]
    pub fn list(&self) -> Option<ListData<'_>> {
        self.list.as_ref().map(Lists::first)
    }

    /// The HTTP URI of its list, if that is a list of a resource-lists document.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }
}
