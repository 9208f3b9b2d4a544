//! Changes of documents in the shapes that clients write, each with what it makes of the text.

use std::fs;

use xcaplib::document::Draft;
use xcaplib::usages::{List, ResourceLists, RlsServices, Service};
use xcaplib::{Application, Result};

/// A change of a document of `tests/data/usages/`.
pub(crate) struct Case {
    pub(crate) usage: &'static str,
    pub(crate) file: &'static str,
    pub(crate) call: fn(&mut Draft) -> Result<()>,
    /// Each stretch of the text that becomes another; it stands there once.
    pub(crate) changes: &'static [(&'static str, &'static str)],
}

impl Case {
    pub(crate) fn name(&self) -> String {
        format!("{}/{} {:?}", self.usage, self.file, self.changes)
    }

    /// Whether the schema allows what was there before: it has no text in a list.
    pub(crate) fn is_valid(&self) -> bool {
        self.file != "noise"
    }

    pub(crate) fn text(&self) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/usages");
        fs::read_to_string(format!("{folder}/{}/{}.xml", self.usage, self.file)).unwrap()
    }

    /// The text with all changes, and every other byte as it was.
    pub(crate) fn expected(&self) -> String {
        self.changes.iter().fold(self.text(), |text, (from, to)| {
            assert_eq!(text.matches(from).count(), 1, "{}: {from}", self.name());
            text.replacen(from, to, 1)
        })
    }

    /// As for a client, and as where the usage is not known.
    pub(crate) fn drafts(&self, text: &str) -> Vec<Draft> {
        let application = Application::lookup(self.usage).unwrap();
        let namespace = application.default_namespace.as_deref();
        let other = Some("urn:example:other");
        [namespace, None, other].map(|namespace| Draft::new(text, namespace).unwrap()).into()
    }
}

fn list<'d>(draft: &'d mut Draft, name: &str) -> Result<List<'d>> {
    ResourceLists::of(draft)?.list(name)
}

fn service<'d>(draft: &'d mut Draft, uri: &str) -> Result<Service<'d>> {
    RlsServices::of(draft)?.service(uri)
}

macro_rules! case {
    ($usage:literal, $file:literal, $call:expr, $changes:expr) => {
        $crate::cases::Case {
            usage: $usage,
            file: $file,
            call: |draft| $call(draft).map(drop),
            changes: &$changes,
        }
    };
}

pub(crate) use case;

macro_rules! lists {
    ($file:literal, $call:expr, $changes:expr) => {
        case!("resource-lists", $file, $call, $changes)
    };
}

macro_rules! services {
    ($file:literal, $call:expr, $changes:expr) => {
        case!("rls-services", $file, $call, $changes)
    };
}

pub(crate) const CASES: &[Case] = &[
    // RFC 4826 section 3.3.
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.set("sip:new@example.com", Some("New & <co>")),
        [(
            "</entry>\n  <entry-ref",
            "</entry><entry uri=\"sip:new@example.com\"><display-name>New &amp; &lt;co&gt;</display-name></entry>\n  <entry-ref"
        )]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.list("close-friends")?.set("SIP:joe@EXAMPLE.com", Some("Joe")),
        [("Joe Smith", "Joe")]
    ),
    lists!("rfc4826", |d| list(d, "friends")?.set("sip:b%69ll@example.com", None), []),
    lists!("rfc4826", |d| list(d, "friends")?.set("sip:bill@example.com", Some("Bill Doe")), []),
    lists!("rfc4826", |d| list(d, "friends")?.remove("sip:nancy@example.com"), []),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.list("close-friends")?.remove("sip:nancy@example.com"),
        [(
            "<entry uri=\"sip:nancy@example.com\">\n    <display-name>Nancy Gross</display-name>\n   </entry>",
            ""
        )]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?
            .list("close-friends")?
            .move_to("sip:nancy@example.com", ["friends"]),
        [
            (
                "   <entry uri=\"sip:nancy@example.com\">\n    <display-name>Nancy Gross</display-name>\n   </entry>",
                "   "
            ),
            (
                "</entry>\n  <entry-ref",
                "</entry><entry uri=\"sip:nancy@example.com\">\n    <display-name>Nancy Gross</display-name>\n   </entry>\n  <entry-ref"
            ),
        ]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.set_display_name("Friends"),
        [(
            "<list name=\"friends\">",
            "<list name=\"friends\"><display-name>Friends</display-name>"
        )]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.list("close-friends")?.set_display_name("Close"),
        [("Close Friends", "Close")]
    ),
    lists!(
        "rfc4826",
        |d| {
            let marketing = "http://xcap.example.org/resource-lists/users/sip:a@example.org/index/~~/resource-lists/list%5b@name=%22mkting%22%5d";
            list(d, "friends")?.list("close-friends")?.set_external(marketing, Some("Sales"))
        },
        [("Marketing", "Sales")]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "friends")?.set_external("http://a.example/b", None),
        [("</list>\n </list>", "</list><external anchor=\"http://a.example/b\"/>\n </list>")]
    ),
    lists!(
        "rfc4826",
        |d| {
            list(d, "friends")?.remove_entry_ref("resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22list1%22%5d/entry%5b@uri=%22sip:petri@example.com%22%5d")
        },
        [(
            "<entry-ref ref=\"resource-lists/users/sip:bill@example.com/index/~~/resource-lists/list%5b@name=%22list1%22%5d/entry%5b@uri=%22sip:petri@example.com%22%5d\"/>",
            ""
        )]
    ),
    lists!(
        "rfc4826",
        |d| list(d, "new"),
        [("</list>\n</resource-lists>", "</list><list name=\"new\"/>\n</resource-lists>")]
    ),
    // Prefixes, tabs, a declaration.
    lists!(
        "prefixed",
        |d| list(d, "buddies")?.set("sip:carol@example.com", Some("Carol")),
        [(
            "<rl:entry uri=\"tel:+1-201-555-0123\"/>",
            "<rl:entry uri=\"tel:+1-201-555-0123\"/><rl:entry uri=\"sip:carol@example.com\"><rl:display-name>Carol</rl:display-name></rl:entry>"
        )]
    ),
    lists!(
        "prefixed",
        |d| list(d, "buddies")?.set("sip:Bob@example.com", Some("Bobby")),
        [("xml:lang=\"en\">Bob<", "xml:lang=\"en\">Bobby<")]
    ),
    lists!(
        "prefixed",
        |d| list(d, "buddies")?.set("tel:+12015550123", Some("Dave")),
        [(
            "<rl:entry uri=\"tel:+1-201-555-0123\"/>",
            "<rl:entry uri=\"tel:+1-201-555-0123\"><rl:display-name>Dave</rl:display-name></rl:entry>"
        )]
    ),
    lists!(
        "prefixed",
        |d| list(d, "buddies")?.move_to("tel:+12015550123", ["office"]),
        [
            ("\n\t\t<rl:entry uri=\"tel:+1-201-555-0123\"/>", "\n\t\t"),
            ("<cs:folded/>", "<rl:entry uri=\"tel:+1-201-555-0123\"/><cs:folded/>"),
        ]
    ),
    lists!(
        "prefixed",
        |d| list(d, "office")?.list("team")?.set("sip:a@example.com", None),
        [(
            "<cs:folded/>",
            "<rl:list name=\"team\"><rl:entry uri=\"sip:a@example.com\"/></rl:list><cs:folded/>"
        )]
    ),
    // What a phone adds of its own.
    lists!(
        "extensions",
        |d| list(d, "friends")?.set("sip:dave@example.com", None),
        [(
            "</entry>\n    <ph:synced",
            "</entry><entry uri=\"sip:dave@example.com\"/>\n    <ph:synced"
        )]
    ),
    lists!(
        "extensions",
        |d| list(d, "blocked")?.set("sip:eve@example.com", Some("Eve")),
        [(
            "<list name=\"blocked\">",
            "<list name=\"blocked\"><entry uri=\"sip:eve@example.com\"><display-name>Eve</display-name></entry>"
        )]
    ),
    lists!(
        "extensions",
        |d| list(d, "away")?.set("sip:dave@example.com", None),
        [("<ph:uri", "<entry uri=\"sip:dave@example.com\"/><ph:uri")]
    ),
    lists!(
        "extensions",
        |d| list(d, "friends")?.list("close"),
        [("</entry>\n    <ph:synced", "</entry><list name=\"close\"/>\n    <ph:synced")]
    ),
    lists!(
        "extensions",
        |d| list(d, "friends")?.move_to("sip:carol@example.com", ["away"]),
        [
            (
                "    <entry uri=\"sip:carol@example.com\">\n      <display-name>Carol</display-name>\n      <ph:photo type=\"png\">iVBORw0KGgo=</ph:photo>\n    </entry>",
                "    "
            ),
            (
                "<display-name>Away</display-name>",
                "<display-name>Away</display-name><entry uri=\"sip:carol@example.com\">\n      <display-name>Carol</display-name>\n      <ph:photo type=\"png\">iVBORw0KGgo=</ph:photo>\n    </entry>"
            ),
        ]
    ),
    lists!(
        "extensions",
        |d| list(d, "blocked")?.set_display_name("Blocked"),
        [(
            "<list name=\"blocked\">",
            "<list name=\"blocked\"><display-name>Blocked</display-name>"
        )]
    ),
    // One line, quotes of the other kind, empty tags, a list without a name.
    lists!(
        "one-line",
        |d| list(d, "empty")?.set("sip:o'brien@example.com", None),
        [(
            "<list name='empty'/>",
            "<list name='empty'><entry uri=\"sip:o'brien@example.com\"/></list>"
        )]
    ),
    lists!(
        "one-line",
        |d| list(d, "friends")?.set("sip:bob@example.com", Some("Bob")),
        [(
            "<entry uri='sip:bob@example.com'/>",
            "<entry uri='sip:bob@example.com'><display-name>Bob</display-name></entry>"
        )]
    ),
    lists!(
        "one-line",
        |d| list(d, "friends")?.move_to("sip:bob@example.com", ["empty"]),
        [
            ("<entry uri='sip:bob@example.com'/>", ""),
            (
                "<list name='empty'/>",
                "<list name='empty'><entry uri='sip:bob@example.com'/></list>"
            ),
        ]
    ),
    lists!(
        "one-line",
        |d| ResourceLists::of(d)?.remove_list("empty"),
        [("<list name='empty'/>", "")]
    ),
    // Comments, instructions, CDATA sections, references, text where none should be.
    lists!(
        "noise",
        |d| list(d, "friends")?.set("sip:abc@example.com;x=%22", Some("A")),
        [("<![CDATA[A & <B>]]> C", "A")]
    ),
    lists!("noise", |d| list(d, "friends")?.set("sip:abc@example.com", Some("A & <B> C")), []),
    lists!(
        "noise",
        |d| list(d, "friends")?.set("sip:dave@example.com", Some("Dave")),
        [("<!-- no name -->", "<display-name>Dave</display-name><!-- no name -->")]
    ),
    lists!(
        "noise",
        |d| list(d, "friends")?.remove("sip:eve@example.com"),
        [("<entry uri=\"sip:%65ve@example.com\"/>", "")]
    ),
    lists!(
        "noise",
        |d| list(d, "friends")?.set("sip:fake@example.com", None),
        [("ve@example.com\"/>", "ve@example.com\"/><entry uri=\"sip:fake@example.com\"/>")]
    ),
    // The default namespace is somebody else's, or changes on the way.
    lists!(
        "elsewhere",
        |d| list(d, "friends")?.set("sip:dave@example.com", Some("Dave")),
        [(
            "</v:color></entry>",
            "</v:color></entry><entry uri=\"sip:dave@example.com\"><display-name>Dave</display-name></entry>"
        )]
    ),
    lists!(
        "elsewhere",
        |d| list(d, "work")?.set("sip:not-ours@example.com", Some("Ours")),
        [(
            "<color>blue</color></r:entry>",
            "<color>blue</color></r:entry><r:entry uri=\"sip:not-ours@example.com\"><r:display-name>Ours</r:display-name></r:entry>"
        )]
    ),
    lists!("elsewhere", |d| list(d, "work")?.remove("sip:not-ours@example.com"), []),
    lists!(
        "elsewhere",
        |d| list(d, "work")?.move_to("sip:carol@example.com", ["friends"]),
        [
            ("    <r:entry uri=\"sip:carol@example.com\"><color>blue</color></r:entry>", "    "),
            (
                "</v:color></entry>",
                "</v:color></entry><r:entry xmlns=\"urn:example:vendor\" uri=\"sip:carol@example.com\"><color>blue</color></r:entry>"
            ),
        ]
    ),
    lists!(
        "elsewhere",
        |d| list(d, "friends")?.move_to("sip:bob@example.com", ["work", "new"]),
        [
            (
                "<entry uri=\"sip:bob@example.com\"><v:color xmlns:v=\"urn:example:vendor\">red</v:color></entry>",
                ""
            ),
            (
                "<color>blue</color></r:entry>",
                "<color>blue</color></r:entry><r:list name=\"new\"><entry xmlns=\"urn:ietf:params:xml:ns:resource-lists\" uri=\"sip:bob@example.com\"><v:color xmlns:v=\"urn:example:vendor\">red</v:color></entry></r:list>"
            ),
        ]
    ),
    // Lists of one name at several depths, lists without a name, URIs that mean the same.
    lists!(
        "nested",
        |d| list(d, "all")?.list("team")?.list("team")?.set("sip:a@example.com", None),
        [(
            "sip:deep@example.com\"/>",
            "sip:deep@example.com\"/><entry uri=\"sip:a@example.com\"/>"
        )]
    ),
    lists!(
        "nested",
        |d| list(d, "all")?.list("team")?.set("sip:a@example.com", None),
        [("</list></list>\n", "</list><entry uri=\"sip:a@example.com\"/></list>\n")]
    ),
    lists!(
        "nested",
        |d| list(d, "all")?.remove("sip:bob@example.com"),
        [
            ("<entry uri=\"sip:bob@example.com;security=on\"/>", ""),
            ("<entry uri=\"sip:bob@example.com;security=off\"/>", ""),
        ]
    ),
    lists!(
        "nested",
        |d| list(d, "all")?.set("sip:bob@example.com;security=off", Some("Bob")),
        [(
            "<entry uri=\"sip:bob@example.com;security=off\"/>",
            "<entry uri=\"sip:bob@example.com;security=off\"><display-name>Bob</display-name></entry>"
        )]
    ),
    lists!(
        "nested",
        |d| list(d, "all")?.move_to("sip:bob@example.com;security=off", ["team"]),
        [("<entry uri=\"sip:bob@example.com;security=off\"/>", "")]
    ),
    lists!(
        "nested",
        |d| list(d, "all")?.remove_list("team"),
        [(
            "<list name=\"team\"><list name=\"team\"><entry uri=\"sip:deep@example.com\"/></list></list>",
            ""
        )]
    ),
    // RFC 4826 section 4.3.
    services!(
        "rfc4826",
        |d| service(d, "sip:marketing@example.com")?
            .list()?
            .set("sip:ann@example.com", Some("Ann")),
        [(
            "<rl:entry uri=\"sip:sudhir@example.com\"/>",
            "<rl:entry uri=\"sip:sudhir@example.com\"/><rl:entry uri=\"sip:ann@example.com\"><rl:display-name>Ann</rl:display-name></rl:entry>"
        )]
    ),
    services!(
        "rfc4826",
        |d| service(d, "SIP:mybuddies@Example.com")?.packages(["presence", "dialog"]),
        [(
            "   <package>presence</package>\n  </packages>\n </service>\n <service uri=\"sip:marketing",
            "   <package>presence</package><package>dialog</package>\n  </packages>\n </service>\n <service uri=\"sip:marketing"
        )]
    ),
    services!(
        "rfc4826",
        |d| service(d, "sip:mybuddies@example.com")?.link("http://xcap.example.com/x?a&b"),
        [(
            "http://xcap.example.com/resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list%5b@name=%22l1%22%5d",
            "http://xcap.example.com/x?a&amp;b"
        )]
    ),
    services!(
        "rfc4826",
        |d| service(d, "sip:mybuddies@example.com")?.list(),
        [(
            "<resource-list>http://xcap.example.com/resource-lists/users/sip:joe@example.com/index/~~/resource-lists/list%5b@name=%22l1%22%5d</resource-list>",
            "<list/>"
        )]
    ),
    services!(
        "rfc4826",
        |d| service(d, "sip:new@example.com"),
        [(
            " </service>\n</rls",
            " </service><service uri=\"sip:new@example.com\"><list/></service>\n</rls"
        )]
    ),
    // Prefixes the other way round, extensions.
    services!(
        "phone",
        |d| service(d, "sip:friends@example.com")?.list()?.set("sip:bob@example.com", None),
        [("<x:icon/>", "<entry uri=\"sip:bob@example.com\"/><x:icon/>")]
    ),
    services!(
        "phone",
        |d| service(d, "sip:friends@example.com")?.packages(["dialog", "presence"]),
        []
    ),
    services!(
        "phone",
        |d| service(d, "sip:friends@example.com")?.packages(["dialog", "reg"]),
        [
            ("<s:package>presence</s:package>", ""),
            (
                "<s:package> dialog </s:package>",
                "<s:package> dialog </s:package><s:package>reg</s:package>"
            ),
        ]
    ),
    services!(
        "phone",
        |d| service(d, "sip:friends@example.com")?.packages([""; 0]),
        [(
            "<s:packages>\n      <s:package>presence</s:package><!-- and -->\n      <s:package> dialog </s:package>\n      <x:expires>3600</x:expires>\n    </s:packages>",
            ""
        )]
    ),
    services!(
        "phone",
        |d| service(d, "sip:bare@example.com")?.packages(["presence"]),
        [("<s:list/>", "<s:list/><s:packages><s:package>presence</s:package></s:packages>")]
    ),
    services!(
        "phone",
        |d| service(d, "sip:bare@example.com")?
            .link("https://xcap.example.com/resource-lists/users/a/index/~~/resource-lists/list"),
        [(
            "<s:list/>",
            "<s:resource-list>https://xcap.example.com/resource-lists/users/a/index/~~/resource-lists/list</s:resource-list>"
        )]
    ),
    services!(
        "phone",
        |d| RlsServices::of(d)?.remove("sip:bare@example.com"),
        [(
            "<s:service uri=\"sip:bare@example.com\"><s:list/><x:note>for later</x:note></s:service>",
            ""
        )]
    ),
    // The document of which RFC 5874 section 5 shows a service.
    services!(
        "rfc5874",
        |d| service(d, "sip:marketing@example.com")?.list()?.set("sip:eve@example.com", Some("E")),
        [(
            "\"sip:sudhir@example.com\"/>",
            "\"sip:sudhir@example.com\"/><rl:entry uri=\"sip:eve@example.com\"><rl:display-name>E</rl:display-name></rl:entry>"
        )]
    ),
    services!(
        "rfc5874",
        |d| service(d, "sip:marketing@example.com")?.packages(["presence", "dialog"]),
        [("<package>presence</package>", "<package>presence</package><package>dialog</package>")]
    ),
    // No prefix for what a list holds.
    services!(
        "declared",
        |d| service(d, "sip:friends@example.com")?.list()?.set("sip:a@example.com", Some("A")),
        [(
            "uri=\"sip:bob@example.com\"/>",
            "uri=\"sip:bob@example.com\"/><entry xmlns=\"urn:ietf:params:xml:ns:resource-lists\" uri=\"sip:a@example.com\"><display-name>A</display-name></entry>"
        )]
    ),
    services!(
        "declared",
        |d| service(d, "sip:friends@example.com")?.list()?.list("team")?.list("b"),
        [(
            "</list>",
            "<list xmlns=\"urn:ietf:params:xml:ns:resource-lists\" name=\"team\"><list name=\"b\"/></list></list>"
        )]
    ),
];
