//! The cases, in the order of RFC 4825 sections 7 and 8.

use crate::subject::{Subject, found, got, one_line, status};

pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// What RFC 4825 expects.
    pub(crate) rfc: &'static str,
    pub(crate) run: fn(&Subject) -> String,
}

const DOCUMENT: &str = r#"<?xml version="1.0"?>
<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists">
 <list name="one"><entry uri="sip:a@x"/><entry uri="sip:b@x"/></list>
 <!-- between -->
 <list name="two"/>
</resource-lists>"#;

const A: &str = r#"/resource-lists/list[@name="one"]/entry[@uri="sip:a@x"]"#;
const B: &str = r#"/resource-lists/list[@name="one"]/entry[@uri="sip:b@x"]"#;
const C: &str = r#"/resource-lists/list[@name="one"]/entry[@uri="sip:c@x"]"#;
const C_BODY: &str = r#"<entry uri="sip:c@x"/>"#;
const ONE: &str = r#"/resource-lists/list[@name="one"]"#;

/// Lists of which the second has no end tag, and an element with a prefix.
const ODD: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:x="urn:x"><list name="a &amp; b"><x:y>z</x:y></list><list name="two"/></resource-lists>"#;
/// A list that has one without an end tag, and something behind it.
const NESTED: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"><list name="one"><list name="a"/><entry uri="sip:a@x"/></list></resource-lists>"#;

/// The lists of the document, as they are now.
fn lists(s: &Subject) -> String {
    let document = s.document();
    let from = document.find("<list").unwrap_or(0);
    let to = document.find("</resource-lists>").unwrap_or(document.len());
    one_line(document.get(from..to).unwrap_or(&document))
}

/// The first list of the document, as it is now.
fn list(s: &Subject) -> String {
    let document = s.document();
    let from = document.find("<list").unwrap_or(0);
    let to = document.find("</list>").map_or(document.len(), |end| end + 7);
    one_line(document.get(from..to).unwrap_or(&document))
}

/// What a change answers, and the first list after it.
macro_rules! then_list {
    ($s:expr, $change:expr) => {{
        let status = status($change);
        format!("{status}, {}", list($s))
    }};
}

macro_rules! cases {
    ($($name:literal, $rfc:literal, $run:expr;)*) => {
        pub(crate) fn all() -> Vec<Case> {
            vec![$(Case { name: $name, rfc: $rfc, run: $run }),*]
        }
    };
}

cases! {
    // Documents.
    "put a new document", "201 etag", |s| status(s.without_document().request().put(DOCUMENT));
    "put another document", "200 etag", |s| status(s.with(DOCUMENT).request().put(DOCUMENT.replace("two", "2")));
    "put the same document", "200 etag", |s| status(s.with(DOCUMENT).request().put(DOCUMENT));
    "a document is kept byte for byte", "true", |s| (s.with(DOCUMENT).document() == DOCUMENT).to_string();
    "a document's media type", "application/resource-lists+xml", |s| {
        got(s.with(DOCUMENT).request().get(), |r| r.content_type().unwrap_or("none").to_owned())
    };
    "get a missing document", "404", |s| found(s.without_document().request().get());
    "delete a document", "200", |s| status(s.with(DOCUMENT).request().delete());
    "delete a missing document", "404", |s| status(s.without_document().request().delete());
    "an unknown application", "404", |s| status(s.of("no-such-usage").put("<a/>"));
    "a malformed document", "409 not-well-formed", |s| status(s.without_document().request().put("<a>"));
    "an empty document", "409 not-well-formed", |s| status(s.without_document().request().put(""));
    "a document that is not UTF-8", "409 not-utf-8", |s| {
        let latin1 = b"<resource-lists xmlns='urn:ietf:params:xml:ns:resource-lists'><list name='\xe9'/></resource-lists>";
        status(s.without_document().request().put(latin1))
    };
    "another root element", "409 schema-validation-error", |s| status(s.without_document().request().put("<other/>"));
    "a document of another media type", "415", |s| {
        status(s.without_document().request().content_type("text/plain").put(DOCUMENT))
    };

    // Conditions (section 7.11, RFC 9110 section 13.1).
    "If-Match with the ETag", "200 etag", |s| {
        let etag = s.with(DOCUMENT).request().get().unwrap().etag().cloned();
        status(s.request().if_match(etag.as_ref()).put(DOCUMENT.replace("two", "2")))
    };
    "If-Match with another ETag", "412", |s| status(s.with(DOCUMENT).request().if_match("no").put(DOCUMENT.replace("two", "2")));
    "If-Match with a list", "200 etag", |s| {
        let etag = s.with(DOCUMENT).request().get().unwrap().etag().map_or(String::new(), ToString::to_string);
        status(s.request().if_match(&format!("\"no\", {etag}")).put(DOCUMENT.replace("two", "2")))
    };
    "If-Match * and a document", "200 etag", |s| status(s.with(DOCUMENT).request().if_match("*").put(DOCUMENT.replace("two", "2")));
    "If-Match * and none", "412", |s| status(s.without_document().request().if_match("*").put(DOCUMENT));
    "If-None-Match * and a document", "412", |s| status(s.with(DOCUMENT).request().if_none_match("*").put(DOCUMENT.replace("two", "2")));
    "If-None-Match * and none", "201 etag", |s| status(s.without_document().request().if_none_match("*").put(DOCUMENT));
    "If-None-Match of a GET with the ETag", "304", |s| {
        let etag = s.with(DOCUMENT).request().get().unwrap().etag().cloned();
        found(s.request().if_none_match(etag.as_ref()).get())
    };
    "If-None-Match of a GET with another ETag", "200", |s| {
        got(s.with(DOCUMENT).request().if_none_match("no").get(), |r| r.response().status().to_string())
    };
    "a failed condition changes nothing", "true", |s| {
        let _ = s.with(DOCUMENT).request().if_match("no").put(DOCUMENT.replace("two", "2"));
        let _ = s.node(A).if_match("no").delete();
        (s.document() == DOCUMENT).to_string()
    };
    "If-Match of an element's PUT", "412", |s| status(s.with(DOCUMENT).node(C).if_match("no").put(C_BODY));
    "If-Match of an element's DELETE", "412", |s| status(s.with(DOCUMENT).node(A).if_match("no").delete());
    "one ETag for all of a document", "true", |s| {
        let etag = s.with(DOCUMENT).request().get().unwrap().etag().cloned();
        let of = |node| s.node(node).get().unwrap().etag().cloned();
        (of(A) == etag && of("/resource-lists/list[1]/@name") == etag).to_string()
    };
    "every change has a new ETag", "true", |s| {
        let before = s.with(DOCUMENT).request().get().unwrap().etag().cloned();
        let put = s.node(C).put(C_BODY).unwrap().etag().cloned();
        let after = s.request().get().unwrap().etag().cloned();
        (put == after && before != after).to_string()
    };

    // Elements: fetching (sections 6.3 and 7.6).
    "get an element", "200 etag application/xcap-el+xml <entry uri=\"sip:b@x\"/>", |s| found(s.with(DOCUMENT).node(B).get());
    "get by position", "200 etag application/xcap-el+xml <entry uri=\"sip:b@x\"/>", |s| {
        found(s.with(DOCUMENT).node("/resource-lists/list[1]/entry[2]").get())
    };
    "get by * and position", "200 etag application/xcap-el+xml <list name=\"two\"/>", |s| {
        found(s.with(DOCUMENT).node("/resource-lists/*[2]").get())
    };
    "get by position and attribute", "200 etag application/xcap-el+xml <entry uri=\"sip:b@x\"/>", |s| {
        found(s.with(DOCUMENT).node("/resource-lists/*[1]/entry[2][@uri='sip:b@x']").get())
    };
    "get by position and another attribute", "404", |s| {
        found(s.with(DOCUMENT).node("/resource-lists/*[1]/entry[1][@uri='sip:b@x']").get())
    };
    "get a missing element", "404", |s| found(s.with(DOCUMENT).node(C).get());
    "get of several elements", "404", |s| found(s.with(DOCUMENT).node("/resource-lists/list[1]/entry").get());
    "get through several elements", "404", |s| found(s.with(DOCUMENT).node("/resource-lists/list/entry[2]").get());
    "get from a missing document", "404", |s| found(s.without_document().node(A).get());
    "get an element with a prefix", "200 etag application/xcap-el+xml <x:y>z</x:y>", |s| {
        found(s.with(ODD).node("/resource-lists/list[1]/*[1]").get())
    };
    "&amp; in a selector's value", "200 etag application/xcap-el+xml <list name=\"a &amp; b\"><x:y>z</x:y></list>", |s| {
        found(s.with(ODD).node("/resource-lists/list[@name=\"a &amp; b\"]").get())
    };

    // Elements: creating (sections 7.4 and 8.2.3).
    "a new element is the earliest last", "201 etag, <list name=\"one\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/><entry uri=\"sip:c@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node(C).put(C_BODY))
    };
    "a new element before others", "201 etag, <list name=\"one\"><entry uri=\"sip:c@x\"/><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node("/resource-lists/list[1]/entry[1][@uri='sip:c@x']").put(C_BODY))
    };
    "a new element between others", "201 etag, <list name=\"one\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:c@x\"/><entry uri=\"sip:b@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node("/resource-lists/list[1]/*[2][@uri='sip:c@x']").put(C_BODY))
    };
    "a new element of a new name", "201 etag, <list name=\"one\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/><external anchor=\"http://x/\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node("/resource-lists/list[1]/external").put("<external anchor=\"http://x/\"/>"))
    };
    "a position that leaves a gap", "409 cannot-insert", |s| {
        status(s.with(DOCUMENT).node("/resource-lists/list[1]/entry[9][@uri='sip:c@x']").put(C_BODY))
    };
    "a body that the selector does not describe", "409 cannot-insert", |s| status(s.with(DOCUMENT).node(C).put("<entry uri=\"sip:d@x\"/>"));
    "a body of another name", "409 cannot-insert", |s| status(s.with(DOCUMENT).node(C).put("<other uri=\"sip:c@x\"/>"));
    "no parent element", "409 no-parent", |s| {
        status(s.with(DOCUMENT).node("/resource-lists/list[@name='three']/entry[@uri='sip:c@x']").put(C_BODY))
    };
    "no document for an element", "409 no-parent", |s| status(s.without_document().node(C).put(C_BODY));
    "a malformed element", "409 not-xml-frag", |s| status(s.with(DOCUMENT).node(C).put("<entry uri=\"sip:c@x\">"));
    "two elements", "409 not-xml-frag", |s| status(s.with(DOCUMENT).node(C).put("<entry uri=\"sip:c@x\"/><entry/>"));
    "an element of another media type", "415", |s| status(s.with(DOCUMENT).node(C).content_type("application/xml").put(C_BODY));
    "an element that is there twice", "409 uniqueness-failure", |s| {
        status(s.with(DOCUMENT).node("/resource-lists/list[1]/entry[3]").put("<entry uri=\"sip:a@x\"/>"))
    };
    "a first child for a parent without an end tag", "201 etag, <list name=\"a &amp; b\"><x:y>z</x:y></list><list name=\"two\"><entry uri=\"sip:c@x\"/></list>", |s| {
        let put = status(s.with(ODD).node("/resource-lists/list[@name='two']/entry[@uri='sip:c@x']").put(C_BODY));
        format!("{put}, {}", lists(s))
    };
    "a new list behind one without an end tag", "201 etag, <list name=\"one\"><list name=\"a\"/><list name=\"b\"/><entry uri=\"sip:a@x\"/></list>", |s| {
        then_list!(s, s.with(NESTED).node("/resource-lists/list[1]/list[@name='b']").put("<list name=\"b\"/>"))
    };
    "a body with a line end", "201 etag, <list name=\"one\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/><entry uri=\"sip:c@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node(C).put(format!("{C_BODY}\n")))
    };

    // Elements: replacing and deleting (sections 7.5, 8.2.4 and 8.4).
    "replace the last element", "200 etag, <list name=\"one\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"><display-name>B</display-name></entry></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node(B).put("<entry uri=\"sip:b@x\"><display-name>B</display-name></entry>"))
    };
    "replace an element in its place", "200 etag, <list name=\"one\"><entry uri=\"sip:a@x\"><display-name>A</display-name></entry><entry uri=\"sip:b@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node(A).put("<entry uri=\"sip:a@x\"><display-name>A</display-name></entry>"))
    };
    "delete an element", "200 etag, <list name=\"one\"><entry uri=\"sip:b@x\"/></list>", |s| then_list!(s, s.with(DOCUMENT).node(A).delete());
    "white space around a deleted element stays", "true", |s| {
        let _ = s.with(DOCUMENT).node("/resource-lists/list[@name='two']").delete();
        (s.document() == DOCUMENT.replace("<list name=\"two\"/>", "")).to_string()
    };
    "delete a missing element", "404", |s| status(s.with(DOCUMENT).node(C).delete());
    "delete by a position that another fills", "409 cannot-delete", |s| status(s.with(DOCUMENT).node("/resource-lists/list[1]/entry[1]").delete());
    "delete of several elements", "404", |s| status(s.with(DOCUMENT).node("/resource-lists/list[1]/entry").delete());
    "replace an element with a prefix", "200 etag, <list name=\"a &amp; b\"><x:y>w</x:y></list>", |s| {
        then_list!(s, s.with(ODD).node("/resource-lists/list[1]/*[1]").put("<x:y>w</x:y>"))
    };
    "delete an element with a prefix", "200 etag, <list name=\"a &amp; b\"></list>", |s| {
        then_list!(s, s.with(ODD).node("/resource-lists/list[1]/*[1]").delete())
    };

    // Attributes (sections 7.7 to 7.9).
    "get an attribute", "200 etag application/xcap-att+xml \"sip:b@x\"", |s| found(s.with(DOCUMENT).node("/resource-lists/list[1]/entry[2]/@uri").get());
    "get a missing attribute", "404", |s| found(s.with(DOCUMENT).node("/resource-lists/list[1]/@no").get());
    "get an attribute below *", "200 etag application/xcap-att+xml \"one\"", |s| found(s.with(DOCUMENT).node("/resource-lists/*[1]/@name").get());
    "an attribute, and an element after it", "201 etag, 201 etag, <list name=\"a &amp; b\" id=\"v\"><x:y>z</x:y><entry uri=\"sip:c@x\"/></list><list name=\"two\"/>", |s| {
        let attribute = status(s.with(ODD).node("/resource-lists/list[1]/@id").put("\"v\""));
        let element = status(s.node("/resource-lists/list[1]/entry[@uri='sip:c@x']").put(C_BODY));
        format!("{attribute}, {element}, {}", lists(s))
    };
    "create an attribute", "201 etag, 200 etag application/xcap-att+xml \"v\"", |s| {
        let put = status(s.with(DOCUMENT).node("/resource-lists/list[1]/@id").put("\"v\""));
        format!("{put}, {}", found(s.node("/resource-lists/list[1]/@id").get()))
    };
    "replace an attribute", "200 etag, <list name=\"new\"><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node("/resource-lists/list[1]/@name").put("\"new\""))
    };
    "replace the attribute that selects", "409 cannot-insert", |s| {
        status(s.with(DOCUMENT).node(&format!("{ONE}/@name")).put("\"new\""))
    };
    "an attribute that is no AttValue", "409 not-xml-att-value", |s| status(s.with(DOCUMENT).node("/resource-lists/list[1]/@name").put("\"a<b\""));
    "delete an attribute", "200 etag, <list><entry uri=\"sip:a@x\"/><entry uri=\"sip:b@x\"/></list>", |s| {
        then_list!(s, s.with(DOCUMENT).node("/resource-lists/list[1]/@name").delete())
    };

    // Namespaces (sections 6.4, 7.10 and 10).
    "get namespace bindings", "200 etag application/xcap-ns+xml <list xmlns=\"urn:ietf:params:xml:ns:resource-lists\"/>", |s| {
        found(s.with(DOCUMENT).node("/resource-lists/list[1]/namespace::*").get())
    };
    "put namespace bindings", "405", |s| status(s.with(DOCUMENT).node("/resource-lists/namespace::*").put("<a/>"));
    "a bound prefix", "200 etag application/xcap-el+xml <list name=\"two\"/>", |s| {
        found(s.with(DOCUMENT).node("/p:resource-lists/p:list[2]?xmlns(p=urn:ietf:params:xml:ns:resource-lists)").get())
    };
    "a prefix bound to another namespace", "404", |s| {
        found(s.with(DOCUMENT).node("/p:resource-lists/p:list[2]?xmlns(p=urn:other)").get())
    };
    "an unbound prefix", "400", |s| found(s.with(DOCUMENT).node("/p:resource-lists/p:list[2]").get());

    // Capabilities (section 12).
    "the capabilities", "application/xcap-caps+xml", |s| {
        got(s.of("xcap-caps").get(), |r| r.content_type().unwrap_or("none").to_owned())
    };
    "a change of the capabilities", "405", |s| status(s.of("xcap-caps").put("<xcap-caps xmlns='urn:ietf:params:xml:ns:xcap-caps'/>"));
}
