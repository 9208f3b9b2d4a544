//! What a server answers, whole and in its parts, to a client that talks to a scripted one.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use roxmltree::Document;
use xcaplib::{Error, ErrorKind, Resource, Response, XCAPClient};

use super::digest::{Asked, Digest};
use super::error;
use super::server::{PASSWORD, Reply, Request, raw, reply, serve};

const SEPARATOR: u8 = 0x1e;
const DOCUMENT: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const ELEMENT: &str = r#"<list name="a"/>"#;
const SELECTOR: &str = r#"resource-lists/list[@name="a"]"#;
/// So that endless answers come to an end.
const MAX_BODY: u64 = 64 * 1024;

fn fields(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    data.split(|byte| *byte == SEPARATOR)
}

/// A letter that picks the call, then answers: raw ones begin with `C`; others are status, header
/// lines, an empty line and the body, and get their length.
pub(crate) fn answers(data: &[u8]) {
    let mut fields = fields(data);
    let call = fields.next().and_then(|field| field.first().copied()).unwrap_or(b'g');
    let script: Vec<_> = fields.take(24).map(scripted).collect();
    let (requests, result) =
        serve(script, |builder| builder.max_body(MAX_BODY), |client| make(client, call));
    changes_go_out_once(&requests, call);
    is_true_to_the_server(&requests, &result);
}

fn scripted(field: &[u8]) -> Reply {
    match field.split_first() {
        Some((b'C', bytes)) => raw(bytes),
        _ => {
            let (head, body) = split(field, b"\n\n");
            let (status, headers) = split(head, b"\n");
            reply(status, headers, body)
        }
    }
}

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    match bytes.windows(at.len()).position(|window| window == at) {
        Some(place) => (&bytes[..place], &bytes[place + at.len()..]),
        None => (bytes, &[]),
    }
}

/// What a call came to.
enum Outcome {
    Found(Resource),
    /// Selected from what was found.
    Part(Resource),
    Changed(Response),
    Other,
}

fn make(client: &XCAPClient, call: u8) -> Result<Outcome, Error> {
    let app = "resource-lists";
    match call {
        b'p' => client.put(app, DOCUMENT, None, "\"1\"", None).map(Outcome::Changed),
        b'e' => client.put(app, ELEMENT, SELECTOR, None, None).map(Outcome::Changed),
        b'd' => client.delete(app, SELECTOR, None, None).map(Outcome::Changed),
        b'i' => client.insert(app, ELEMENT, SELECTOR, None, None).map(Outcome::Changed),
        b'r' => {
            client.replace(app, ELEMENT, SELECTOR, None, None).map(|(_, new)| Outcome::Changed(new))
        }
        b'n' => client.get(app, SELECTOR, None, None).map(Outcome::Found),
        b'a' => client.request(app).node("resource-lists/list/@name").get().map(Outcome::Found),
        b's' => client.request(app).node("resource-lists/namespace::*").get().map(Outcome::Found),
        b'w' => client.request(app).node(SELECTOR).with_namespaces().get().map(Outcome::Part),
        b'c' => client.capabilities().map(|_| Outcome::Other),
        b'l' => client.documents().map(|_| Outcome::Other),
        b'o' => client.open(app).and_then(|mut copy| {
            let edited = copy.put(SELECTOR, ELEMENT).map(|_| Outcome::Other);
            assert!(copy.is_stale() || Document::parse(copy.text()).is_ok() || edited.is_err());
            edited
        }),
        _ => client.get(app, None, None, None).map(Outcome::Found),
    }
}

/// A change goes out again only where the answer says that nothing was done.
fn changes_go_out_once(requests: &[Request], call: u8) {
    assert!(requests.len() <= 64, "{} requests", requests.len());
    if !matches!(call, b'p' | b'e' | b'd') {
        return;
    }
    for pair in requests.windows(2) {
        let answer = &pair[0].answer;
        let says = |status: &[u8]| answer.windows(3).any(|window| window == status);
        let is_change = pair.iter().all(|request| request.method() != "GET");
        assert!(!is_change || says(b"401") || says(b"307") || says(b"308"), "{requests:?}");
    }
    for request in requests.iter().filter(|request| request.method() == "PUT") {
        assert!(
            [DOCUMENT.as_bytes(), ELEMENT.as_bytes()].contains(&&*request.body),
            "{requests:?}"
        );
    }
}

fn is_true_to_the_server(requests: &[Request], result: &Result<Outcome, Error>) {
    match result {
        Ok(Outcome::Found(resource)) => {
            assert!(matches!(resource.response().status(), 200 | 203), "{resource:?}");
            assert_eq!(resource.as_bytes(), resource.as_str().as_bytes());
            came(resource.response(), requests);
            // The rest of what a resource is made into.
            let _ = resource.attribute_value();
            if let Err(error) = resource.namespace_bindings() {
                error::is_sound(&error);
            }
        }
        Ok(Outcome::Part(resource)) => is_sound(resource.response()),
        Ok(Outcome::Changed(response)) => {
            assert!((200..300).contains(&response.status()), "{response:?}");
            came(response, requests);
        }
        Ok(Outcome::Other) => {}
        Err(error) => {
            error::is_sound(error);
            let asked: BTreeSet<_> = requests.iter().map(|request| &request.answer).collect();
            if !asked.iter().any(|answer| String::from_utf8_lossy(answer).contains(PASSWORD)) {
                assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error:?}");
            }
            assert_ne!(error.kind(), ErrorKind::InvalidInput, "{error}");
            if let Some(response) = error.response() {
                came(response, requests);
            }
        }
    }
}

/// Whether the body is one that the server sent, where that did not come in chunks.
fn came(response: &Response, requests: &[Request]) {
    is_sound(response);
    let body = response.body();
    if body.is_empty() || requests.is_empty() {
        return;
    }
    let has = |answer: &[u8], part: &[u8]| answer.windows(part.len()).any(|window| window == part);
    let is_from = |answer: &[u8]| {
        has(&answer.to_ascii_lowercase(), b"transfer-encoding") || has(answer, body)
    };
    let is_found = requests.iter().any(|request| is_from(&request.answer));
    assert!(is_found, "{response:?}: {requests:?}");
}

fn is_sound(response: &Response) {
    assert!(response.etag().is_none() || response.header("ETag").is_some(), "{response:?}");
    assert!(u64::try_from(response.body().len()).unwrap() <= MAX_BODY);
    assert_eq!(response.text().is_some(), std::str::from_utf8(response.body()).is_ok());
    let again = response.headers().find(|(name, _)| response.header(name).is_none());
    assert_eq!(again, None);
}

/// Challenges, more of them, and an `Authentication-Info`, a 0x1E between them; each line of the
/// first two is a `WWW-Authenticate`.
pub(crate) fn challenges(data: &[u8]) {
    let mut fields = fields(data);
    let (first, second) = (fields.next().unwrap_or_default(), fields.next());
    let info = [b"Authentication-Info: ", fields.next().unwrap_or_default()].concat();
    let challenge = |lines: &[u8]| {
        let lines = lines.split(|byte| *byte == b'\n');
        let headers = lines.map(|line| [b"WWW-Authenticate: ", line, b"\n"].concat());
        reply(b"401", &headers.collect::<Vec<_>>().concat(), b"")
    };
    let mut script = vec![challenge(first)];
    script.extend(second.filter(|lines| !lines.is_empty()).map(challenge));
    script.push(reply(b"200", &info, DOCUMENT.as_bytes()));
    let (requests, _) = serve(
        script,
        |builder| builder,
        |client| {
            for call in [b'g', b'p'] {
                // What was asked is looked at below.
                is_true_to_the_server(&[], &make(client, call));
            }
        },
    );
    let offered = data.to_ascii_lowercase();
    let mut spent = Vec::new();
    for request in &requests {
        let Some(value) = request.authorization() else { continue };
        let scheme = value.split(' ').next().unwrap().to_ascii_lowercase();
        assert!(offered.windows(scheme.len()).any(|window| window == scheme.as_bytes()), "{value}");
        if let Some(answer) = Digest::read(value) {
            let asked = Asked {
                user: "alice",
                password: PASSWORD,
                method: request.method(),
                target: request.target(),
                body: &request.body,
            };
            answer.proves(&asked, &spent);
            assert!(!spent.contains(&answer), "{value}");
            spent.push(answer);
        }
    }
}

/// The body of a 409, as an xcap-error.
pub(crate) fn xcap_error(data: &[u8]) {
    let script = [reply(b"409", b"Content-Type: application/xcap-error+xml", data)];
    let (_, result) = serve(script, |builder| builder, |client| make(client, b'p'));
    let error = result.map(drop).unwrap_err();
    error::is_sound(&error);
    assert!(error.is_conflict(), "{error}");
    assert_eq!(error.response().unwrap().body(), data);
    let text = std::str::from_utf8(data).ok().map(|text| text.trim_start_matches('\u{feff}'));
    let document = text.and_then(|text| Document::parse(text).ok());
    let names = document.as_ref().map(|document| {
        let root = document.root_element();
        let first = root.first_element_child().map(|first| first.tag_name().name().to_owned());
        (root.tag_name().name().to_owned(), first)
    });
    let Some(conflict) = error.conflict() else {
        // Only what is plainly a report has to be one.
        let plain = r#"<xcap-error xmlns="urn:ietf:params:xml:ns:xcap-error"><cannot-insert/></xcap-error>"#;
        assert_ne!(data, plain.as_bytes());
        return;
    };
    assert_eq!(names, Some(("xcap-error".to_owned(), Some(conflict.name().to_owned()))), "{error}");
    assert!(error.to_string().contains(conflict.name()), "{error}");
    if conflict.name() == "extension" {
        assert!(conflict.phrase().is_none() && conflict.exists().is_empty(), "{error}");
    }
}

/// The body of a 200, as `xcap-caps` and as `xcap-directory`.
pub(crate) fn capabilities(data: &[u8]) {
    let script = [reply(b"200", b"", data), reply(b"200", b"", data)];
    let (_, is_caps) = serve(
        script,
        |builder| builder,
        |client| {
            let capabilities = client.capabilities();
            let documents = client.documents();
            if let Ok(capabilities) = &capabilities {
                assert!(capabilities.is_known());
                let lists =
                    [capabilities.auids(), capabilities.extensions(), capabilities.namespaces()];
                for item in lists.into_iter().flatten() {
                    assert!(!item.is_empty() && item.trim() == item, "{item:?}");
                }
                for auid in capabilities.auids() {
                    assert_eq!(capabilities.supports_application(auid), Some(true));
                }
            }
            for error in capabilities.as_ref().err().into_iter().chain(documents.as_ref().err()) {
                error::is_sound(error);
                assert!(error.is_malformed_response() || error.is_not_utf8(), "{error}");
            }
            // A document is asked for where the directory says that it is.
            let requests: Vec<_> = documents.iter().flatten().collect();
            for entry in requests.iter().take(4) {
                let url = entry.request(client).url().unwrap();
                let decoded =
                    |url: &str| percent_decode_str(url).decode_utf8().unwrap().into_owned();
                let end = format!("/{}", entry.filename());
                assert!(decoded(&url).ends_with(&end), "{url} of {entry:?}");
                assert!(decoded(entry.uri()).ends_with(&end), "{entry:?}");
                assert_eq!(entry.user().is_some(), decoded(&url).contains("/users/"), "{entry:?}");
            }
            (capabilities.is_ok(), documents.is_ok())
        },
    );
    assert_ne!(is_caps, (true, true));
    if is_caps != (false, false) {
        assert!(std::str::from_utf8(data).is_ok());
    }
}
