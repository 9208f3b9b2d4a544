//! `insert` and `replace`: changes that depend on what was there before.

use crate::answer::{ETag, Error, RequestLine, Resource, Response, Result};
use crate::http::{probe_headers, value};
use crate::http_types::header::{IF_MATCH, IF_NONE_MATCH};
use crate::http_types::{HeaderMap, HeaderValue, Method};
use crate::selector::{NodeArg, Target};

use super::optional_request::none_if_missing;
use super::request::Request;

/// How many times in all `insert` and `replace` try if the document changes in between.
const ATTEMPTS: usize = 5;

impl<'c> Request<'c> {
    /// Creates the document, element or attribute if it does not exist yet.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let friends = r#"/resource-lists/list[@name="friends"]"#;
    /// let list = client.request("resource-lists").node(friends);
    /// let error = list.insert(r#"<list name="friends"/>"#).unwrap_err();
    /// assert!(error.is_already_exists());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::insert`](crate::XCAPClient::insert).
    pub fn insert(mut self, body: impl AsRef<[u8]>) -> Result<Response> {
        let (target, headers) = self.prepare_guarded("insert", body.as_ref())?;
        if self.options.node.is_document() {
            self.insert_document(&target, headers, body.as_ref())
        } else {
            self.insert_node(&target, &headers, body.as_ref())
        }
    }

    /// Looks first, since some servers ignore `If-None-Match: *`.
    fn insert_document(
        &self,
        target: &Target,
        mut headers: HeaderMap,
        body: &[u8],
    ) -> Result<Response> {
        if headers.contains_key(IF_MATCH) {
            return Err(Error::invalid_input(
                "insert of a document takes no ETag; before the document is there it has none",
            ));
        }
        self.check_missing(target, &headers)?;
        headers.insert(IF_NONE_MATCH, HeaderValue::from_static("*"));
        match self.put_to(target, headers, body) {
            Err(error) if error.is_precondition_failed() => {
                Err(Error::already_exists(target.url.as_str(), error.response().cloned()))
            }
            result => result,
        }
    }

    fn insert_node(&self, target: &Target, headers: &HeaderMap, body: &[u8]) -> Result<Response> {
        let document = self.target_of(&NodeArg::default())?;
        again_if_changed(headers, |is_last| {
            let guarded = if headers.contains_key(IF_MATCH) {
                headers.clone()
            } else {
                let found = self.get_from(&document, probe_headers(headers))?;
                *is_last |= is_weak(&found);
                self.guarded_by(headers, &document, &found)?
            };
            self.check_missing(target, headers)?;
            self.put_to(target, guarded, body)
        })
    }

    fn check_missing(&self, target: &Target, headers: &HeaderMap) -> Result<()> {
        match none_if_missing(self.answer_from(target, probe_headers(headers)))? {
            None => Ok(()),
            // An element that comes cut off exists nevertheless.
            Some((_, response)) => Err(Error::already_exists(target.url.as_str(), Some(response))),
        }
    }

    /// Replaces what is there, and returns the old version.
    ///
    /// ```
    /// # let (server, client) = xcaplib::testing::example()?;
    /// let name = client.request("resource-lists").node("/resource-lists/list/@name");
    /// let (old, _) = name.replace("family")?;
    /// assert_eq!(old.attribute_value().as_deref(), Some("friends"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The errors of [`XCAPClient::replace`](crate::XCAPClient::replace).
    pub fn replace(mut self, body: impl AsRef<[u8]>) -> Result<(Resource, Response)> {
        let (target, headers) = self.prepare_guarded("replace", body.as_ref())?;
        again_if_changed(&headers, |is_last| {
            let old = self.get_from(&target, probe_headers(&headers))?;
            *is_last |= is_weak(&old);
            let guarded = self.guarded_by(&headers, &target, &old)?;
            let response = self.put_to(&target, guarded, body.as_ref())?;
            Ok((old, response))
        })
    }

    /// Checks everything that can be refused before the first request of an `insert` or `replace`.
    /// These calls set `If-None-Match` themselves, so one that the caller gives is refused.
    fn prepare_guarded(&mut self, call: &str, body: &[u8]) -> Result<(Target, HeaderMap)> {
        let target = self.begin()?;
        self.check_changeable(&target)?;
        self.check_body(&target, body)?;
        let headers = self.fields_with_body(&target)?;
        if headers.contains_key(IF_NONE_MATCH) {
            return Err(Error::invalid_input(format!(
                "{call} takes no If-None-Match, it sets the conditions that it needs; use put"
            )));
        }
        Ok((target, headers))
    }

    /// The fields with `If-Match`: the caller's, or else the ETag of what was found.
    fn guarded_by(
        &self,
        headers: &HeaderMap,
        target: &Target,
        found: &Resource,
    ) -> Result<HeaderMap> {
        let mut headers = headers.clone();
        if !headers.contains_key(IF_MATCH) {
            let etag = found.etag().ok_or_else(|| {
                let line = RequestLine { method: Method::GET, url: target.url.clone() };
                let reason = "the server sent no ETag, so the change cannot be guarded; use put";
                let response = Some(found.response().clone());
                Error::malformed_response(Some(&line), reason.to_owned(), response)
            })?;
            headers.insert(IF_MATCH, value(IF_MATCH.as_str(), &etag.to_field())?);
        }
        Ok(headers)
    }
}

/// Tries again if somebody changed the document in between, unless the caller gave the ETag or the
/// change says that this try is the last.
fn again_if_changed<T>(headers: &HeaderMap, change: impl Fn(&mut bool) -> Result<T>) -> Result<T> {
    let mut is_last = headers.contains_key(IF_MATCH);
    for _ in 1..ATTEMPTS {
        match change(&mut is_last) {
            Err(error) if error.is_precondition_failed() && !is_last => {}
            result => return result,
        }
    }
    change(&mut is_last)
}

/// A weak ETag never matches in `If-Match` if the server follows RFC 9110 section 13.1.1. A change
/// guarded by one would end in a 412, however often it is tried.
fn is_weak(found: &Resource) -> bool {
    found.etag().is_some_and(ETag::is_weak)
}
