//! Subscriptions to lists.

use crate::answer::Result;
use crate::document::Draft;
use crate::selector::NodeSelector;

use super::child::{addition, found, remove};
use super::kind::{Kind, RLS_SERVICES};
use super::root::Root;
use super::service::Service;
use super::services_data::RlsServicesData;

const ROOT: Root = Root { namespace: RLS_SERVICES, name: "rls-services" };

/// The services in the draft of an rls-services document (RFC 4826 section 4). One subscription to
/// a service is a subscription to everybody on its list.
///
/// [`of`](Self::of) returns the view that changes a draft, and [`read`](Self::read) returns plain
/// data.
///
/// ```
/// use xcaplib::usages::RlsServices;
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let mut services = client.request("rls-services").open_or_insert(RlsServices::empty())?;
/// let uri = "sip:alices-friends@example.com";
/// services.edit(|draft| {
///     let service = RlsServices::of(draft)?.service(uri)?.packages(["presence"])?;
///     service.list()?.set("sip:bob@example.com", None)?;
///     Ok(())
/// })?;
/// let read = RlsServices::read(services.text())?;
/// let friends = read.service(uri).and_then(|service| service.list()).unwrap();
/// assert_eq!(friends.entries().next().map(|bob| bob.uri()), Some("sip:bob@example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct RlsServices<'d> {
    draft: &'d mut Draft,
    root: NodeSelector,
}

impl RlsServices<'_> {
    /// A document without services.
    #[must_use]
    pub const fn empty() -> &'static str {
        "<rls-services xmlns=\"urn:ietf:params:xml:ns:rls-services\" \
         xmlns:rl=\"urn:ietf:params:xml:ns:resource-lists\"/>"
    }

    /// Reads the services of a document.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](crate::Error::is_conflict) with `not-well-formed` if the text is not a
    /// document, and [`is_invalid_input`](crate::Error::is_invalid_input) if its root element is
    /// not `rls-services`.
    pub fn read(xml: &str) -> Result<RlsServicesData> {
        ROOT.read(xml).map(|root| RlsServicesData::of(&root))
    }
}

impl<'d> RlsServices<'d> {
    /// The services of a draft.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) if its root element is not
    /// `rls-services`.
    pub fn of(draft: &'d mut Draft) -> Result<Self> {
        let root = ROOT.of(draft)?.selector();
        Ok(Self { draft, root })
    }

    /// The service of this URI. If it does not exist, it is created after the others. It then has
    /// an empty list, since a service needs a list or a link to one, and is for all event packages.
    ///
    /// URIs are compared like those of contacts: see [`List::set`](super::List::set).
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](crate::Error::is_invalid_input) for a new service whose URI is not a
    /// URI; everything that [`Draft::put`] refuses.
    pub fn service(self, uri: &str) -> Result<Service<'d>> {
        let root = self.draft.get(&self.root)?;
        if let Some(service) = found(&root, Kind::Service, uri) {
            let selector = service.selector();
            return Ok(Service::new(self.draft, selector));
        }
        Kind::Service.check(uri)?;
        let prefix = root.prefix_within(RLS_SERVICES);
        let new = prefix.outermost("service").attr("uri", uri).child(prefix.element("list"));
        let selector = root.child_selector(RLS_SERVICES, "service").with_attr("uri", uri);
        let (node, body) = addition(&root, Kind::Service, uri, new.as_ref());
        self.draft.set(node, body)?;
        Ok(Service::new(self.draft, selector))
    }

    /// Removes a service. Returns whether it existed. If it exists in several spellings, all of
    /// them are removed.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::RlsServices;
    ///
    /// let mut draft = Draft::new(RlsServices::empty(), None)?;
    /// RlsServices::of(&mut draft)?.service("sip:friends@example.com")?;
    /// let mut services = RlsServices::of(&mut draft)?;
    /// assert!(services.remove("sip:friends@EXAMPLE.com")?);
    /// assert!(!services.remove("sip:friends@example.com")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::remove_all`] refuses.
    pub fn remove(&mut self, uri: &str) -> Result<bool> {
        remove(self.draft, &self.root, Kind::Service, uri)
    }
}
