//! The place of a user's document, on the server and in the backup.

use percent_encoding::percent_decode_str;

use super::file_name;

/// A document in a user's home directory (RFC 4825 section 6.2). All parts are percent-encoded.
#[derive(Clone)]
pub(super) struct Place {
    application: String,
    user: String,
    filename: String,
}

impl Place {
    /// Reads the path of a document below the XCAP root, as
    /// [`Request::path`](xcaplib::Request::path) returns it. `None` for a document in the global
    /// tree.
    pub(super) fn read(path: &str) -> Option<Self> {
        let mut parts = path.splitn(4, '/').map(str::to_owned);
        let (application, tree) = (parts.next()?, parts.next()?);
        let (user, filename) = (parts.next()?, parts.next()?);
        let is_document = !filename.split('/').any(|segment| segment.is_empty() || segment == "~~");
        (tree == "users" && is_document).then_some(Self { application, user, filename })
    }

    /// The path below the XCAP root.
    pub(super) fn path(&self) -> String {
        format!("{}/users/{}/{}", self.application, self.user, self.filename)
    }

    /// The name of the document, as it is shown.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.application, self.filename)
    }

    /// Its file below the directory of the backup. No two documents of a user share a file.
    pub(super) fn file(&self) -> String {
        format!("{}/{}", file_name::of(&self.application), file_name::of(&self.filename))
    }

    /// The user id, as people write it.
    pub(super) fn user(&self) -> String {
        decoded(&self.user)
    }

    /// The document at the same place in the home directory of another place's user.
    pub(super) fn in_home_of(&self, other: &Self) -> Self {
        Self { user: other.user.clone(), ..self.clone() }
    }

    /// Whether both belong to the same user. Some servers leave out the scheme of the user id.
    pub(super) fn has_home_of(&self, other: &Self) -> bool {
        let bare = |user: &str| user.strip_prefix("sip:").unwrap_or(user).to_owned();
        bare(&self.user) == bare(&other.user)
    }

    /// Whether it is of this application usage. `None` stands for any.
    pub(super) fn is_of(&self, application: Option<&str>) -> bool {
        application.is_none_or(|application| decoded(&self.application) == application)
    }

    /// Whether it has this filename. `None` stands for any.
    pub(super) fn is_named(&self, filename: Option<&str>) -> bool {
        filename.is_none_or(|filename| decoded(&self.filename) == filename)
    }

    /// The AUID.
    pub(super) fn application(&self) -> String {
        decoded(&self.application)
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
