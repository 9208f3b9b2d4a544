//! Which redirects are followed, and what is said of the others.

use url::{Position, Url};

use crate::error::{Asked, printable, shown_url};
use crate::resource::Response;
use crate::root::Root;
use crate::transport::http::Method;
use crate::transport::http::header::LOCATION;

/// What an answer says about where to go.
pub(crate) enum Redirect {
    /// The answer is no redirect.
    None,
    /// Path and query, within the origin.
    To(String),
    /// Not followed, and why.
    Refused(String),
}

impl Redirect {
    /// Where an answer redirects to, within the same origin and for methods that keep their meaning
    /// (RFC 9110 section 15.4).
    pub(crate) fn of(root: &Root, asked: &Asked, response: &Response) -> Self {
        let status = response.status();
        if !matches!(status, 300..=303 | 305..=399) {
            return Self::None;
        }
        let Some(location) = response.header(LOCATION.as_str()) else {
            return Self::Refused("a redirect without a Location".to_owned());
        };
        let Ok(mut url) = Url::parse(&asked.url).and_then(|base| base.join(location)) else {
            let shown = printable(&without_userinfo(location));
            return Self::Refused(format!("a redirect to `{shown}`, which is no URL"));
        };
        let is_same_origin = url.origin().ascii_serialization() == root.origin();
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        let why = if !is_followed(status, &asked.method) {
            "not followed for this method and status"
        } else if !is_same_origin {
            "not followed to another origin; if it is right, make it the client's root"
        } else if has_userinfo {
            "not followed with a user name in it"
        } else {
            return Self::To(url[Position::BeforePath..Position::AfterQuery].to_owned());
        };
        // A server's idea of a password is not ours to print. Not every URL has a place for one.
        let _ = url.set_username("").and_then(|()| url.set_password(None));
        Self::refused(url.as_str(), why)
    }

    pub(crate) fn refused(url: &str, why: &str) -> Self {
        Self::Refused(format!("a redirect to {}, {why}", shown_url(url)))
    }
}

fn is_followed(status: u16, method: &Method) -> bool {
    match status {
        307 | 308 => true,
        301 | 302 => *method == Method::GET,
        _ => false,
    }
}

/// A text that is no URL may hold a password all the same: what stands before its last `@` is not
/// printed.
fn without_userinfo(location: &str) -> String {
    match location.rsplit_once('@') {
        Some((_, rest)) => format!("..@{rest}"),
        None => location.to_owned(),
    }
}
