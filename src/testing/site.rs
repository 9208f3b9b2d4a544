//! The configuration of a server. It does not change after the start.

use std::net::SocketAddr;

use crate::selector::Application;

pub(super) struct Site {
    pub(super) address: SocketAddr,
    /// The path of the XCAP root, empty or with a leading slash.
    pub(super) path: String,
    /// The application usages of the profile.
    pub(super) usages: &'static [Application],
    /// The test's own application usages.
    pub(super) applications: Vec<Application>,
    pub(super) has_writable_global: bool,
}

impl Site {
    /// The XCAP root.
    pub(super) fn root(&self) -> String {
        format!("http://{}{}", self.address, self.path)
    }

    /// All application usages. The test's own come first.
    pub(super) fn usages(&self) -> impl Iterator<Item = &Application> {
        self.applications.iter().rev().chain(self.usages)
    }

    pub(super) fn usage(&self, auid: &str) -> Option<&Application> {
        self.usages().find(|usage| usage.auid == auid)
    }
}
