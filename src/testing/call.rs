//! A request in progress: its target, and the documents that it may change.

use crate::answer::ETag;
use crate::selector::Application;

use super::http::Request;
use super::site::Site;
use super::store::Store;
use super::target::Target;

pub(super) struct Call<'a> {
    pub(super) site: &'a Site,
    pub(super) request: &'a Request,
    pub(super) target: &'a Target,
    pub(super) usage: &'a Application,
    /// Locked until the request is answered, so that nobody changes a document in the meantime.
    pub(super) store: &'a mut Store,
}

impl Call<'_> {
    pub(super) fn is_read(&self) -> bool {
        matches!(self.request.method.as_str(), "GET" | "HEAD")
    }

    /// The text and the ETag of the stored document.
    pub(super) fn stored(&self) -> Option<(String, ETag)> {
        let document = self.store.get(&self.target.place)?;
        Some((document.text().to_owned(), document.etag().clone()))
    }
}
