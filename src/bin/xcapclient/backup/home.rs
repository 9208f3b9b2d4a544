//! The user whose documents are meant, and the server.

use xcaplib::XCAPClient;

use crate::args::Failure;

use super::place::Place;

/// The home directories of a user on a server.
pub(super) struct Home {
    /// The XCAP root of the requests.
    pub(super) root: String,
    /// Any document of the user.
    any: Place,
}

impl Home {
    pub(super) fn of(client: &XCAPClient) -> Result<Self, Failure> {
        let request = client.request("resource-lists");
        let (url, path) = (request.url()?, request.path()?);
        let any = Place::read(&path).ok_or_else(|| Failure::Usage(format!("no user in {url}")))?;
        let root = url.strip_suffix(&path).unwrap_or(&url).trim_end_matches('/').to_owned();
        Ok(Self { root, any })
    }

    pub(super) fn user(&self) -> String {
        self.any.user()
    }

    /// Whether the document belongs to the user.
    pub(super) fn has(&self, place: &Place) -> bool {
        place.has_home_of(&self.any)
    }

    /// The user's own document of that name.
    pub(super) fn own(&self, place: &Place) -> Place {
        place.in_home_of(&self.any)
    }
}
