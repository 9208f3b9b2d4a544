//! OpenXCAP 3.2 (Python, FastAPI), imitated from the answers of a running server.

mod answer;
mod attribute;
mod condition;
mod fragment;
mod path;
mod resource;
mod rewrite;
mod scan;
mod selector;
mod steps;
mod usages;

use std::collections::HashMap;
use std::time::Duration;

use crate::selector::Application;
use crate::testing::call::Call;
use crate::testing::denial::{Denial, Unauthorized};
use crate::testing::digest::{Algorithm, Answer, Nonces};
use crate::testing::http::{Request, Response};
use crate::testing::site::Site;
use crate::testing::store::Owner;
use crate::testing::target::Target;
use crate::testing::user::User;

use super::behaviour::Behaviour;
use answer::failed;

const OPAQUE: &str = "eee38d7sacbefv2a3450ciny7QMkPqMAFRtzCUYo5tdS";

pub(super) struct OpenXcap;

impl Behaviour for OpenXcap {
    fn keep_alive(&self) -> Duration {
        Duration::from_secs(5)
    }

    /// Anything that is written to the connection before it closes is lost.
    fn closes_after(&self, response: &Response) -> Option<Duration> {
        (response.status == 500).then_some(Duration::from_millis(4))
    }

    fn usages(&self) -> &'static [Application] {
        usages::all()
    }

    /// 128 bits that look random.
    fn etag(&self, number: u64) -> String {
        Algorithm::Md5.hex(&format!("{}-{number}", std::process::id()))
    }

    /// The path is read before a password is asked for. The router knows three methods, and the
    /// application knows one host.
    fn admit(&self, site: &Site, request: &Request) -> Result<(), Denial> {
        match request.method.as_str() {
            "GET" | "PUT" | "DELETE" => {}
            "POST" => {
                return Err(Denial::Answer(answer::detail(405, "POST method is not allowed here")));
            }
            _ => return Err(Denial::NotAllowed("GET")),
        }
        if request.fields.get("host") != Some(site.address.to_string().as_str()) {
            return Err(Denial::not_found("Not Found"));
        }
        path::read(&request.target, &site.path).map(|_| ())
    }

    fn target(&self, site: &Site, request: &Request) -> Result<Target, Denial> {
        path::read(&request.target, &site.path)
    }

    /// Whether the target is in the global tree, or is presence content, which everybody may see.
    fn is_public(&self, request: &Request, target: &Target) -> bool {
        let is_content = request.method == "GET" && target.place.auid == usages::PRES_CONTENT;
        is_content || target.place.owner == Owner::Global
    }

    fn hides_from_strangers(&self) -> bool {
        true
    }

    /// The owner of the documents is checked after the password. A request without a password is
    /// not checked.
    fn takes_any_user(&self) -> bool {
        true
    }

    fn nonces(&self) -> Nonces {
        Nonces::Once
    }

    /// The domain of the user whose document it is.
    fn realm(&self, target: &Target) -> Option<String> {
        let Owner::User(xui) = &target.place.owner else { return None };
        let (_, domain) = xui.split_once('@')?;
        Some(domain.to_owned())
    }

    /// `opaque`, `algorithm` and `qop` are written without quotes, and `stale` is never sent.
    fn challenge(&self, realm: &str, nonce: &str, algorithm: Algorithm, _is_stale: bool) -> String {
        let algorithm = algorithm.name();
        format!(
            "Digest realm=\"{realm}\", nonce=\"{nonce}\", opaque={OPAQUE}, \
             algorithm={algorithm}, qop=auth"
        )
    }

    fn challenges(&self, why: Unauthorized) -> bool {
        why == Unauthorized::Missing
    }

    fn is_scheme(&self, found: &str, wanted: &str) -> bool {
        found == wanted
    }

    /// Splits at comma and space, then at the first `=`.
    fn parameters(&self, text: &str) -> Option<HashMap<String, String>> {
        text.split(", ")
            .map(|part| {
                let (name, value) = part.split_once('=')?;
                Some((name.to_owned(), value.trim_matches('"').to_owned()))
            })
            .collect()
    }

    /// Only the hash counts. The realm, the algorithm, `opaque`, `uri`, and the form of `nc` are
    /// not checked.
    fn check_answer(&self, answer: &Answer, _request: &Request) -> Result<u32, Unauthorized> {
        Ok(answer.count().unwrap_or_default().max(1))
    }

    fn algorithm(&self, _answer: &Answer, offered: &[Algorithm]) -> Option<Algorithm> {
        offered.first().copied()
    }

    fn is_called(&self, user: &User, name: &str) -> bool {
        user.name == name
    }

    /// The realm is the domain of the user, whatever the client sends.
    fn identity<'a>(
        &self,
        user: &'a User,
        answer: &'a Answer,
        realm: &'a str,
    ) -> Option<(&'a str, &'a str)> {
        let realm = if user.domain.is_empty() { realm } else { user.domain.as_str() };
        self.is_called(user, &answer.username).then_some((user.name.as_str(), realm))
    }

    /// A password cannot contain a colon.
    fn name_and_password<'a>(&self, text: Option<&'a str>) -> Result<(&'a str, &'a str), Denial> {
        let pair = text.and_then(|text| text.split_once(':'));
        pair.filter(|(_, password)| !password.contains(':')).ok_or_else(failed)
    }

    fn other_user(&self) -> Denial {
        Denial::Unauthorized(Unauthorized::OtherUser)
    }

    fn serve(&self, call: &mut Call<'_>) -> Result<Response, Denial> {
        resource::serve(self, call)
    }

    fn refuse(&self, denial: Denial) -> Response {
        answer::refuse(denial)
    }

    /// The HTTP server adds a date. The application adds another one, unless it failed.
    fn finish(&self, response: Response) -> Response {
        let response = response.date().field("Server", "OpenXCAP/3.2.0");
        if response.status == 500 { response } else { response.date() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_comma_is_no_separator() {
        let found = OpenXcap.parameters(r#"username="a", uri="/x?y=z,nc", nc=1"#).unwrap();
        assert_eq!((found["uri"].as_str(), found.len()), ("/x?y=z,nc", 3));
        assert_eq!(OpenXcap.parameters(r#"username="a",nc=1"#).unwrap().len(), 1);
    }
}
