//! Changes of rules in the shapes that clients write, each with what it makes of the text.

use std::fs;

use xcaplib::document::Draft;
use xcaplib::usages::{Handling, PresenceRules};
use xcaplib::{Application, Result};

use crate::schema::assert_valid;

use Handling::{Allow, Block, Confirm, PoliteBlock};

/// A change of a document of `tests/data/usages/`.
pub(crate) struct Case {
    /// The application usage, and the name of the file.
    document: &'static str,
    pub(crate) call: fn(PresenceRules<'_>) -> Result<()>,
    /// Each stretch of the text that becomes another; it stands there once.
    changes: &'static [(&'static str, &'static str)],
}

pub(crate) fn document(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages");
    fs::read_to_string(format!("{folder}/{name}.xml")).unwrap()
}

impl Case {
    pub(crate) fn name(&self) -> String {
        format!("{} {:?}", self.document, self.changes)
    }

    pub(crate) fn usage(&self) -> &'static str {
        self.document.split_once('/').unwrap().0
    }

    pub(crate) fn text(&self) -> String {
        document(self.document)
    }

    pub(crate) fn expected(&self) -> String {
        self.changes.iter().fold(self.text(), |text, (from, to)| {
            assert_eq!(text.matches(from).count(), 1, "{}: {from}", self.name());
            text.replacen(from, to, 1)
        })
    }

    pub(crate) fn make(&self, draft: &mut Draft) -> Result<()> {
        (self.call)(PresenceRules::of(draft)?)
    }

    /// As for a client, as where the usage is not known, and as for another usage.
    fn drafts(&self, text: &str) -> Vec<Draft> {
        let usage = Application::lookup(self.usage()).unwrap();
        let namespaces = [usage.default_namespace.as_deref(), None, Some("urn:example:other")];
        namespaces.map(|namespace| Draft::new(text, namespace).unwrap()).into()
    }
}

macro_rules! case {
    ($document:literal, $call:expr, $changes:expr) => {
        Case { document: $document, call: $call, changes: &$changes }
    };
}

pub(crate) const CASES: &[Case] = &[
    case!("pres-rules/two-lists", |mut r| r.set("sip:eve@example.com", Block), []),
    case!("pres-rules/two-lists", |mut r| r.set("sip:%62ob@EXAMPLE.com", Allow), []),
    case!(
        "pres-rules/two-lists",
        |mut r| r.set("sip:bob@example.com", Block),
        [
            ("<one id='sip:bob@example.com'/>", ""),
            (
                "<one id='sip:eve@example.com'/>",
                "<one id='sip:eve@example.com'/><one id=\"sip:bob@example.com\"/>"
            )
        ]
    ),
    case!(
        "pres-rules/two-lists",
        |mut r| r.set("sip:dave@example.com", Confirm),
        [(
            "<rule id='pres_whitelist'>",
            "<rule id=\"confirm-watchers\"><conditions><identity><one id=\"sip:dave@example.com\"/></identity></conditions><actions><pr:sub-handling>confirm</pr:sub-handling></actions><transformations/></rule><rule id='pres_whitelist'>"
        )]
    ),
    // The rule goes with its last watcher.
    case!(
        "pres-rules/two-lists",
        |mut r| r.set("sip:eve@example.com", Allow),
        [
            (
                "<rule id='pres_blacklist'>\n\t\t<conditions>\n\t\t\t<identity>\n\t\t\t\t<one id='sip:eve@example.com'/>\n\t\t\t</identity>\n\t\t</conditions>\n\t\t<actions><pr:sub-handling>block</pr:sub-handling></actions>\n\t\t<transformations/>\n\t</rule>",
                ""
            ),
            (
                "<one id='sip:carol@example.com'></one>",
                "<one id='sip:carol@example.com'></one><one id=\"sip:eve@example.com\"/>"
            )
        ]
    ),
    case!(
        "pres-rules/two-lists",
        |mut r| r.set_default(Confirm),
        [(
            "</rule>\n</ruleset>",
            "</rule><rule id=\"everybody\"><conditions><identity><many><except id=\"sip:eve@example.com\"/></many></identity></conditions><actions><pr:sub-handling>confirm</pr:sub-handling></actions><transformations/></rule>\n</ruleset>"
        )]
    ),
    case!(
        "pres-rules/two-lists",
        |mut r| r.provide("pres_whitelist", &["provide-persons", "provide-mood"]),
        [
            ("<pr:provide-services><pr:all-services/></pr:provide-services>", ""),
            (
                "<pr:provide-persons><pr:all-persons/></pr:provide-persons>",
                "<pr:provide-persons><pr:all-persons/></pr:provide-persons><pr:provide-mood>true</pr:provide-mood>"
            ),
            ("<pr:provide-all-attributes/>", "")
        ]
    ),
    case!(
        "pres-rules/extended",
        |mut r| r.set("sip:carol@example.com", Allow),
        [(
            "<cp:rule id=\"everybody\">",
            "<cp:rule id=\"allow-watchers\"><cp:conditions><cp:identity><cp:one id=\"sip:carol@example.com\"/></cp:identity></cp:conditions><cp:actions><sub-handling>allow</sub-handling></cp:actions><cp:transformations><provide-services><all-services/></provide-services><provide-persons><all-persons/></provide-persons><provide-devices><all-devices/></provide-devices><provide-all-attributes/></cp:transformations></cp:rule><cp:rule id=\"everybody\">"
        )]
    ),
    case!(
        "pres-rules/extended",
        |mut r| r.set("sip:bob@example.com", PoliteBlock),
        [
            ("<cp:one id=\"sip:bob@example.com\"><v:since>2026</v:since></cp:one>", ""),
            (
                "<cp:rule id=\"everybody\">",
                "<cp:rule id=\"polite-block-watchers\"><cp:conditions><cp:identity><cp:one id=\"sip:bob@example.com\"/></cp:identity></cp:conditions><cp:actions><sub-handling>polite-block</sub-handling></cp:actions><cp:transformations/></cp:rule><cp:rule id=\"everybody\">"
            )
        ]
    ),
    case!(
        "pres-rules/extended",
        |mut r| r.set("sip:kurt@xn--bcher-kva.example", PoliteBlock),
        [
            (
                "<cp:many domain=\"bücher.example\"/>",
                "<cp:many domain=\"bücher.example\"><cp:except id=\"sip:kurt@xn--bcher-kva.example\"/></cp:many>"
            ),
            (
                "<cp:rule id=\"everybody\">",
                "<cp:rule id=\"polite-block-watchers\"><cp:conditions><cp:identity><cp:one id=\"sip:kurt@xn--bcher-kva.example\"/></cp:identity></cp:conditions><cp:actions><sub-handling>polite-block</sub-handling></cp:actions><cp:transformations/></cp:rule><cp:rule id=\"everybody\">"
            )
        ]
    ),
    case!(
        "pres-rules/extended",
        |mut r| r.set_default(PoliteBlock),
        [("<sub-handling>confirm</sub-handling>", "<sub-handling>polite-block</sub-handling>")]
    ),
    case!(
        "pres-rules/extended",
        |mut r| r.set_default(Allow),
        [
            ("<sub-handling>confirm</sub-handling>", "<sub-handling>allow</sub-handling>"),
            (
                "<cp:except domain=\"spam.example\"/>",
                "<cp:except domain=\"spam.example\"/><cp:except id=\"sip:dave@example.com\"/>"
            )
        ]
    ),
    case!(
        "pres-rules/rfc5025",
        |mut r| r.set("sip:new@example.com", Allow),
        [(
            "<cr:one id=\"sip:user@example.com\"/>",
            "<cr:one id=\"sip:user@example.com\"/><cr:one id=\"sip:new@example.com\"/>"
        )]
    ),
    case!(
        "pres-rules/rfc5025",
        |mut r| r.set("sip:new@example.com", Block),
        [(
            "<cr:rule id=\"a\">",
            "<cr:rule id=\"block-watchers\"><cr:conditions><cr:identity><cr:one id=\"sip:new@example.com\"/></cr:identity></cr:conditions><cr:actions><pr:sub-handling>block</pr:sub-handling></cr:actions><cr:transformations/></cr:rule><cr:rule id=\"a\">"
        )]
    ),
    case!(
        "pres-rules/rfc5025",
        |mut r| r.provide("a", &["provide-services", "provide-activities"]),
        [
            (
                "<pr:provide-services>\n     <pr:service-uri-scheme>sip</pr:service-uri-scheme>\n     <pr:service-uri-scheme>mailto</pr:service-uri-scheme>\n   </pr:provide-services>",
                ""
            ),
            ("<pr:provide-persons>\n     <pr:all-persons/>\n   </pr:provide-persons>", ""),
            ("<pr:provide-user-input>bare</pr:provide-user-input>", ""),
            (
                "<pr:provide-unknown-attribute\n     ns=\"urn:vendor-specific:foo-namespace\"\n     name=\"foo\">true</pr:provide-unknown-attribute>",
                ""
            ),
            (
                "<pr:provide-activities>true</pr:provide-activities>",
                "<pr:provide-activities>true</pr:provide-activities><pr:provide-services><pr:all-services/></pr:provide-services>"
            )
        ]
    ),
    case!(
        "pres-rules/rfc4745",
        |mut r| r.set("sip:alice@example.com", Confirm),
        [
            ("<one id=\"sip:alice@example.com\"/>", ""),
            (
                "<rule id=\"f3g44r1\">",
                "<rule id=\"confirm-watchers\"><conditions><identity><one id=\"sip:alice@example.com\"/></identity></conditions><actions><pr:sub-handling>confirm</pr:sub-handling></actions><transformations/></rule><rule id=\"f3g44r1\">"
            )
        ]
    ),
    case!(
        "pres-rules/rfc4745",
        |mut r| r.set("sip:zoe@example.net", Block),
        [(
            "<except id=\"sip:alice@example.com\"/>\n        </many>\n      </identity>\n    </conditions>\n    <actions><pr:sub-handling>confirm",
            "<except id=\"sip:alice@example.com\"/><except id=\"sip:zoe@example.net\"/>\n        </many>\n      </identity>\n    </conditions>\n    <actions><pr:sub-handling>confirm"
        )]
    ),
    case!(
        "pres-rules/declared-inside",
        |mut r| r.set("sip:bob@example.com", Block),
        [
            (
                "<rule id=\"_1\"><conditions><identity><one id=\"sip:b%6Fb@EXAMPLE.com\"/>",
                "<rule id=\"block-watchers\"><conditions><identity><one id=\"sip:bob@example.com\"/></identity></conditions><actions><pr:sub-handling xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\">block</pr:sub-handling></actions><transformations/></rule><rule id=\"_1\"><conditions><identity>"
            ),
            ("<many/>", "<many><except id=\"sip:bob@example.com\"/></many>")
        ]
    ),
    case!(
        "pres-rules/declared-inside",
        |mut r| r.set_default(Allow),
        [
            (
                "<p:sub-handling xmlns:p=\"urn:ietf:params:xml:ns:pres-rules\">polite-block</p:sub-handling></actions>",
                "<pr:sub-handling xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\">allow</pr:sub-handling></actions><transformations><pr:provide-services xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"><pr:all-services/></pr:provide-services><pr:provide-persons xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"><pr:all-persons/></pr:provide-persons><pr:provide-devices xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"><pr:all-devices/></pr:provide-devices><pr:provide-all-attributes xmlns:pr=\"urn:ietf:params:xml:ns:pres-rules\"/></transformations>"
            ),
            (
                "<many/>",
                "<many><except id=\"sip:b%6Fb@EXAMPLE.com\"/><except id=\"sip:bob@example.com;user=phone\"/></many>"
            )
        ]
    ),
    // The rule of the user himself is OMA's, and takes nobody else.
    case!(
        "org.openmobilealliance.pres-rules/typical",
        |mut r| r.set("sip:bob@example.com", Allow),
        [(
            "<cr:rule id=\"wp_prs_allow_own\">",
            "<cr:rule id=\"allow-watchers\"><cr:conditions><cr:identity><cr:one id=\"sip:bob@example.com\"/></cr:identity></cr:conditions><cr:actions><pr:sub-handling>allow</pr:sub-handling></cr:actions><cr:transformations><pr:provide-services><pr:all-services/></pr:provide-services><pr:provide-persons><pr:all-persons/></pr:provide-persons><pr:provide-devices><pr:all-devices/></pr:provide-devices><pr:provide-all-attributes/></cr:transformations></cr:rule><cr:rule id=\"wp_prs_allow_own\">"
        )]
    ),
    case!(
        "org.openmobilealliance.pres-rules/typical",
        |mut r| r.provide_all("wp_prs_allow_own"),
        [(
            "<op:provide-willingness>true</op:provide-willingness>",
            "<op:provide-willingness>true</op:provide-willingness><pr:provide-persons><pr:all-persons/></pr:provide-persons><pr:provide-devices><pr:all-devices/></pr:provide-devices><pr:provide-all-attributes/>"
        )]
    ),
    case!(
        "org.openmobilealliance.pres-rules/unlisted",
        |mut r| r.set("sip:bob@example.com", PoliteBlock),
        [(
            "<rule id=\"rcs_allow_services_anonymous\">",
            "<rule id=\"polite-block-watchers\"><conditions><identity><one id=\"sip:bob@example.com\"/></identity></conditions><actions><pr:sub-handling>polite-block</pr:sub-handling></actions><transformations/></rule><rule id=\"rcs_allow_services_anonymous\">"
        )]
    ),
];

#[test]
fn a_change_leaves_every_other_byte() {
    for case in CASES {
        for ends in ["\n", "\r\n"] {
            let [text, expected] =
                [case.text(), case.expected()].map(|text| text.replace('\n', ends));
            for mut draft in case.drafts(&text) {
                case.make(&mut draft).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
                assert_eq!(draft.text(), expected, "{}", case.name());
                case.make(&mut draft).unwrap();
                assert_eq!(draft.text(), expected, "the second time: {}", case.name());
            }
        }
    }
}

#[test]
fn what_a_change_makes_is_valid() {
    let documents: Vec<_> = CASES.iter().map(|case| (case.name(), case.expected())).collect();
    assert_valid("pres-rules", &documents);
}
