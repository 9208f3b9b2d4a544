//! Which redirects are followed, and what is said about the others.

use url::{Position, Url};

use crate::answer::{RequestLine, RequestUrl, Response};
use crate::http_types::header::LOCATION;
use crate::http_types::{Method, Uri};
use crate::selector::Root;
use crate::text::{printable, shown_url};

use super::echo::Secret;

/// How many redirects one call follows.
pub(super) const MAX_REDIRECTS: usize = 5;

/// What an answer says about where to go.
pub(crate) enum Redirect {
    /// The answer is no redirect.
    None,
    /// A URL within the origin.
    To(RequestUrl),
    /// Not followed, and why.
    Refused(String),
}

impl Redirect {
    /// Where an answer redirects to, within the same origin and for methods that keep their meaning
    /// (RFC 9110 section 15.4).
    pub(crate) fn of(
        root: &Root,
        line: &RequestLine,
        response: &Response,
        sent: Option<&Secret>,
    ) -> Self {
        let status = response.status();
        if !matches!(status, 300..=303 | 305..=399) {
            return Self::None;
        }
        let Some(location) = response.header(LOCATION.as_str()) else {
            return Self::Refused("a redirect without a Location".to_owned());
        };
        // Otherwise the credentials would be in every text about the next request.
        if sent.is_some_and(|sent| sent.is_in(location)) {
            let why = "a redirect to a target that repeats the credentials, not followed";
            return Self::Refused(why.to_owned());
        }
        let Ok(mut url) = Url::parse(line.url.as_str()).and_then(|base| base.join(location)) else {
            let shown = printable(&without_userinfo(location));
            return Self::Refused(format!("a redirect to `{shown}`, which is not a URL"));
        };
        let is_same_origin = url.origin().ascii_serialization() == root.origin();
        let has_userinfo = !url.username().is_empty() || url.password().is_some();
        let why = if !is_followed(status, &line.method) {
            "not followed for this method and status"
        } else if !is_same_origin {
            "not followed to another origin; if it is right, make it the client's root"
        } else if has_userinfo {
            "not followed with a user name in it"
        } else {
            let target = &url[Position::BeforePath..Position::AfterQuery];
            let to = RequestUrl::new(root.origin(), target);
            // If the HTTP library would refuse the URL, that is the server's doing, not the
            // caller's.
            match Uri::try_from(to.as_str()) {
                Ok(_) => return Self::To(to),
                Err(_) => "which no request can be sent to; it is too long or holds odd characters",
            }
        };
        // A password that the server put there is not printed. Some URLs have no place for one.
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

/// A text that is not a URL may still hold a password, so everything before its last `@` is left
/// out.
fn without_userinfo(location: &str) -> String {
    match location.rsplit_once('@') {
        Some((_, rest)) => format!("..@{rest}"),
        None => location.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http_types::{HeaderMap, HeaderValue};

    /// What becomes of a redirect from `https://xcap.example.com/root/a/users/x/i`.
    fn redirected(status: u16, method: Method, location: &str) -> String {
        let root = Root::new("https://xcap.example.com/root").unwrap();
        let url = RequestUrl::new(root.origin(), "/root/a/users/x/i");
        let mut headers = HeaderMap::new();
        headers.insert(LOCATION, HeaderValue::from_str(location).unwrap());
        let response = Response::new(status, headers, None, Vec::new());
        match Redirect::of(&root, &RequestLine { method, url }, &response, None) {
            Redirect::None => "no redirect".to_owned(),
            Redirect::To(url) => url.target().to_owned(),
            Redirect::Refused(why) => why,
        }
    }

    #[test]
    fn only_the_same_origin_is_followed() {
        for (location, to) in [
            ("/other/i?xmlns(a=b)", "/other/i?xmlns(a=b)"),
            ("j", "/root/a/users/x/j"),
            ("https://xcap.example.com:443/k#part", "/k"),
        ] {
            assert_eq!(redirected(307, Method::PUT, location), to);
        }
        let elsewhere = "not followed to another origin; if it is right, make it the client's root";
        for location in [
            "http://xcap.example.com/root/a/users/x/i",
            "https://xcap.example.com:8443/i",
            "https://xcap.example.com.evil.example/i",
            "//evil.example/i",
        ] {
            let why = redirected(308, Method::GET, location);
            assert!(why.ends_with(elsewhere), "{location}: {why}");
        }
    }

    #[test]
    fn what_is_followed_can_be_requested() {
        for byte in 0x21..0x7f_u8 {
            let odd = char::from(byte);
            for location in [format!("/a{odd}b"), format!("/a?b{odd}c")] {
                let to = redirected(307, Method::PUT, &location);
                let is_sent = Uri::try_from(format!("https://xcap.example.com{to}")).is_ok();
                assert!(
                    is_sent || to.contains("which no request can be sent to"),
                    "{location}: {to}"
                );
            }
        }
        let long = redirected(307, Method::PUT, &format!("/{}", "<".repeat(30_000)));
        assert!(long.ends_with("it is too long or holds odd characters"), "{long}");
    }

    #[test]
    fn only_what_keeps_the_meaning_of_a_request_is_followed() {
        let refused =
            "a redirect to https://xcap.example.com/i, not followed for this method and status";
        for (status, method) in
            [(301, Method::PUT), (302, Method::DELETE), (303, Method::GET), (300, Method::GET)]
        {
            assert_eq!(redirected(status, method, "/i"), refused);
        }
        for (status, method) in
            [(301, Method::GET), (302, Method::GET), (307, Method::DELETE), (308, Method::PUT)]
        {
            assert_eq!(redirected(status, method, "/i"), "/i");
        }
        assert_eq!(redirected(304, Method::GET, "/i"), "no redirect");
        assert_eq!(redirected(200, Method::GET, "/i"), "no redirect");
    }

    #[test]
    fn no_password_of_a_location_is_printed() {
        for location in [
            "https://bob:hunter2@xcap.example.com/i",
            "https://bob:hunter2@evil.example/i",
            "http://bob:hunter2@[bad/i",
        ] {
            let why = redirected(307, Method::GET, location);
            assert!(why.starts_with("a redirect to ") && !why.contains("hunter2"), "{why}");
        }
    }
}
