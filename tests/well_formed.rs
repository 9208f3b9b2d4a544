//! What is well-formed to XML 1.0, to the check before an upload, to the engine and to the server
//! in the process.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use xcaplib::testing::Server;
use xcaplib::{Application, Conflict, NodeSelector, XCAPClient, document};

const USAGE: &str = "own.example.com";
const ALICE: &str = "sip:alice@example.com";

/// Documents that are not well-formed, with the line and the column of what is wrong.
const REFUSED: [(&str, (u32, u32), &str); 12] = [
    (
        "<a>\n&#55357;&#56832;</a>",
        (2, 1),
        "two references stand for the halves of one character; write `&#128512;`, or the character itself",
    ),
    (
        "<a b='&#x110000;'/>",
        (1, 7),
        "`&#x110000;` stands for no character that XML allows; write the one that is meant, or leave it out",
    ),
    ("<b></:b>", (1, 6), "a name cannot begin with a colon; take it away"),
    ("<a :i=\"1\"/>", (1, 4), "a name cannot begin with a colon; take it away"),
    (
        "<?XML x?><a/>",
        (1, 3),
        "a processing instruction cannot have the name of the XML declaration; take another",
    ),
    (
        "<?p'1'?><a/>",
        (1, 4),
        "white space is expected behind the target of a processing instruction; add a space",
    ),
    ("<?xml version=\"2.0\"?><a/>", (1, 16), "`2.0` is not a version of XML 1; write `1.0`"),
    (
        "<?xml version=\"1.0\" standalone=\"y\"?><a/>",
        (1, 33),
        "`standalone` is `yes` or `no`, not `y`; write one of them, or leave it out",
    ),
    ("<?xml versionX=\"1.0\"?><a/>", (1, 14), "`=` is expected here"),
    (
        "<?xml version=\"1.0\" encoding=\"8UTF\"?><a/>",
        (1, 31),
        "`8UTF` is not the name of an encoding; write `UTF-8`",
    ),
    (
        "<?xml version=\"1.0\" standalone=\"no\" encoding=\"UTF-8\"?><a/>",
        (1, 37),
        "`?>` is expected here",
    ),
    (
        "<a/><?xml\tversion='1.0'?>",
        (1, 5),
        "an XML declaration can stand at the very beginning only",
    ),
];

#[test]
fn what_is_not_well_formed_is_not_sent() {
    // Nobody listens there.
    let client = XCAPClient::new("http://127.0.0.1:1", ALICE, None).unwrap();
    for (text, (line, column), reason) in REFUSED {
        let error = client.put(USAGE, text, None, None, None).unwrap_err();
        let shown = format!("document body, line {line}, column {column}: {reason}");
        assert_eq!(error.to_string(), shown);
        assert_eq!(error.body_position(), Some((line, column)), "{text}");
    }
    for (body, reason) in [
        ("<a>&#55357;&#56832;</a>", "line 1, column 4: two references stand for the halves"),
        ("<a :i='1'/>", "line 1, column 4: a name cannot begin with a colon"),
        ("<a p:b='&#xD800;'/>", "line 1, column 9: `&#xD800;` stands for no character"),
        ("<a p:b=''><?XML?></a>", "line 1, column 13: a processing instruction cannot have"),
    ] {
        let error = client.put(USAGE, body, "/a", None, None).unwrap_err().to_string();
        assert!(error.starts_with(&format!("element body, {reason}")), "{error}");
    }
    let value = client.put(USAGE, "&#55357;&#56832;", "/a/@b", None, None).unwrap_err();
    assert!(value.is_invalid_input(), "{value}");
}

#[test]
fn what_is_not_well_formed_is_neither_read_nor_built_nor_stored() {
    let server = Server::builder().application(Application::new(USAGE)).start().unwrap();
    let client = server.client(ALICE).unwrap();
    let root = NodeSelector::root("*");
    for (text, _, reason) in REFUSED {
        for refusal in [
            document::get(text, &root, None).unwrap_err(),
            document::check(text, None, None).unwrap_err(),
            document::delete(text, &root, None).unwrap_err(),
        ] {
            assert_eq!(refusal.conflict().map(Conflict::name), Some("not-well-formed"), "{text}");
            assert!(refusal.to_string().contains(reason), "{refusal}");
        }
        let request = client.request(USAGE).validate(false);
        let error = request.put(text).unwrap_err();
        assert_eq!(
            error.conflict().map(Conflict::name),
            Some("not-well-formed"),
            "{text}: {error}"
        );
    }
    let body = "<b>&#55357;&#56832;</b>";
    let child = NodeSelector::root("a").child("b");
    let refusal = document::put("<a/>", &child, body, None).unwrap_err();
    assert_eq!(refusal.conflict().map(Conflict::name), Some("not-xml-frag"));
}

#[test]
fn what_is_well_formed_is_sent() {
    let server = Server::builder().application(Application::new(USAGE)).start().unwrap();
    let client = server.client(ALICE).unwrap();
    for text in [
        "<?xml\tversion='1.1' standalone='yes'\n?><a/>",
        "\u{feff}<?xml version = \"1.0\" encoding='utf-8' ?><a/>",
        "<a b='&#x1F600;&#128512;'> :) /:b &#x10FFFF;<!-- &#xD800; <?XML?> </:b> --></a>",
        "<?xml-stylesheet href='x'?><a><![CDATA[&#55357;&#56832;]]></a>",
    ] {
        client.put(USAGE, text, None, None, None).unwrap();
        assert_eq!(client.get(USAGE, None, None, None).unwrap(), *text);
    }
}

/// `xml` is bound without a declaration (Namespaces in XML, section 3).
#[test]
fn elements_may_have_the_prefix_xml() {
    let server = Server::builder().application(Application::new(USAGE)).start().unwrap();
    let client = server.client(ALICE).unwrap();
    let text = "<r>\n<xml:a i='1'/><xmla/><!--<xml:a>--></r>";
    client.put(USAGE, text, None, None, None).unwrap();
    let mut copy = client.open(USAGE).unwrap();
    assert_eq!(copy.get("/r/xml:a").unwrap().as_str(), "<xml:a i='1'/>");
    assert_eq!(copy.get("/r/*[1]/@i").unwrap().as_str(), "1");
    assert_eq!(copy.get("/r/xml:a/namespace::*").unwrap().as_str(), "<xml:a/>");
    copy.put("/r/xml:a/xml:b", "<xml:b>x</xml:b>").unwrap();
    copy.put("/r/xml:a/b", "<b/>").unwrap();
    copy.put("/r/xml:a/@i", "'2'").unwrap();
    let expected = "<r>\n<xml:a i='2'><xml:b>x</xml:b><b/></xml:a><xmla/><!--<xml:a>--></r>";
    assert_eq!(copy.text(), expected);
    copy.delete("/r/xml:a/xml:b").unwrap();
    copy.delete("/r/xmla").unwrap();
    copy.put("/r/xml:c[1]", "<xml:c/>").unwrap();
    let expected = "<r>\n<xml:a i='2'><b/></xml:a><!--<xml:a>--><xml:c/></r>";
    assert_eq!(
        (copy.text(), client.get(USAGE, None, None, None).unwrap().as_str()),
        (expected, expected)
    );
    assert!(copy.get("/r/a").unwrap_err().is_not_found());

    let error = client.put(USAGE, "<r><xml:a></xmla></r>", None, None, None).unwrap_err();
    assert_eq!(
        error.to_string(),
        "document body, line 1, column 11: `</xmla>` stands where `</xml:a>` is expected"
    );
}
