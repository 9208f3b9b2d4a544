//! The error conditions of RFC 5261 section 5.

use xcaplib::diff::{PatchErrorKind as Kind, XcapDiff};

use super::{apply, diff, refused, refused_with};

#[test]
fn invalid_attribute_value() {
    let refused = |operation: &str, reason: &str| {
        refused("<a b='1'/>", operation, Kind::InvalidAttributeValue, reason);
    };
    for (sel, reason) in [
        ("", "sel: expected an element name, `*` or a node test at column 1 of ``"),
        ("/", "at column 2 of `/`"),
        ("//a", "at column 2 of `//a`"),
        ("a/", "at column 3"),
        ("a//b", "at column 3"),
        ("a/..", "at column 3"),
        (".", "at column 1"),
        ("a[", "expected a position, `@`, `.` or an element name at column 3"),
        ("a[-1]", "column 3"),
        ("a[last()]", "expected `=`"),
        ("a[@b]", "expected `=`"),
        ("a[@b=1]", "expected a value in quotes"),
        ("a[@b=&quot;1]", "the closing `&quot;`".replace("&quot;", "\"").as_str()),
        ("a[@b=&quot;1&quot;", "expected `]`"),
        ("a[1][b=&quot;&quot; or 1]", "expected `]`"),
        ("a | b", "expected `/`, `[` or the end"),
        ("a/text()/b", "expected the end"),
        ("a/text()[@b=&quot;&quot;]", "expected a position"),
        ("a/@b/c", "expected the end"),
        ("a/@*", "expected an attribute name"),
        ("a/namespace::*", "expected a prefix"),
        ("a/namespace::p:q", "expected a prefix"),
        ("child::a", "expected an element name"),
        ("a:b:c", "expected an element name"),
        (":a", "expected an element name"),
        ("a/node()", "expected `/`, `[` or the end"),
        ("*[namespace-uri()=&quot;&quot;]", "expected `=`"),
        ("a/id(&quot;x&quot;)", "expected"),
        ("id()", "expected a value in quotes"),
        ("a/processing-instruction(x)", "expected a value in quotes"),
        ("1", "expected an element name"),
    ] {
        refused(&format!("<d:remove sel=\"{sel}\"/>"), reason);
    }
    refused("<d:add sel='a/@b'>x</d:add>", "name it in `type`");
    refused(
        "<d:add sel='a' pos='inside'/>",
        "pos: expected `before`, `after` or `prepend`, not `inside`",
    );
    refused("<d:remove sel='a' ws='all'/>", "ws: expected `before`, `after` or `both`, not `all`");
    refused("<d:add sel='a' type='x'/>", "type: expected `@name` or `namespace::prefix`");
    refused("<d:add sel='a' type='@'/>", "type: expected an attribute name");
    refused("<d:add sel='a' type='@x y'/>", "type: expected the end at column 4");
    refused("<d:add sel='a' type='@xmlns'>u:</d:add>", "a default namespace cannot be added");
    refused("<d:add sel='a' type='@b'>2</d:add>", "the element has an attribute `b` already");
    refused("<d:add sel='a' type='@x'><![CDATA[1]]></d:add>", "CDATA");
    refused("<d:replace sel='a/@b'><![CDATA[1]]></d:replace>", "CDATA");
}

#[test]
fn invalid_character_set() {
    let xml = "<?xml version='1.0' encoding='ISO-8859-1'?><a/>";
    let error = apply("<d:add sel='a'>x</d:add>", xml).unwrap_err();
    assert_eq!(error.kind(), Kind::InvalidCharacterSet);
    assert_eq!(error.operation(), None);
    assert!(error.to_string().starts_with("invalid-character-set: "), "{error}");
}

#[test]
fn invalid_diff_format() {
    refused("<a/>", "<d:remove/>", Kind::InvalidDiffFormat, "the attribute `sel` is missing");
    refused("<a/>", "<d:add>x</d:add>", Kind::InvalidDiffFormat, "`sel`");
    refused("<a/>", "<d:remove sel='a'>x</d:remove>", Kind::InvalidDiffFormat, "no content");
    refused("<a/>", "<d:remove sel='a'><x/></d:remove>", Kind::InvalidDiffFormat, "no content");
}

/// Without a document type declaration no entity can be declared: such a diff is no XML.
#[test]
fn invalid_entity_declaration() {
    let diff = diff("<d:add sel='a'>&x;</d:add>", "");
    let error = XcapDiff::parse(diff).unwrap_err();
    assert!(error.is_malformed_response());
    assert!(error.to_string().contains("nothing declares the entity `x`"), "{error}");
    assert_eq!(Kind::InvalidEntityDeclaration.name(), Some("invalid-entity-declaration"));
}

#[test]
fn invalid_namespace_prefix() {
    let kind = Kind::InvalidNamespacePrefix;
    let refused = |xml, operation: &str, reason| refused(xml, operation, kind, reason);
    refused("<p:a xmlns:p='u:'/>", "<d:remove sel='p:a/b'/>", "does not declare the prefix `p`");
    refused("<a/>", "<d:remove sel='a[@p:b=\"\"]'/>", "the prefix `p`");
    refused("<a/>", "<d:add sel='a' type='@p:b'>x</d:add>", "type: the diff does not declare");
    refused("<a/>", "<d:add sel='a' type='@xmlns:b'>x</d:add>", "the prefix `xmlns`");
    refused("<a/>", "<d:add sel='a' type='namespace::xmlns'>u:</d:add>", "cannot be declared");
    refused("<a xmlns:p='u:'/>", "<d:add sel='a' type='namespace::p'>v:</d:add>", "already");
    refused(
        "<a xmlns:p='u:'><b><p:c/></b></a>",
        "<d:add sel='a/b' type='namespace::p'>v:</d:add>",
        "is in use here for another namespace",
    );
    for in_use in [
        "<p:a xmlns:p='u:'/>",
        "<p:a xmlns:p='u:'></p:a>",
        "<a p:b='' xmlns:p='u:'/>",
        "<a xmlns:p='u:'><b><c p:d=''/></b></a>",
        "<a xmlns:p='u:'><b xmlns:p='v:'><p:c/></b><p:c/></a>",
        "<a xmlns:p='u:'><b xmlns:p='v:'/><p:c/></a>",
    ] {
        refused(in_use, "<d:remove sel='*/namespace::p'/>", "the prefix `p` is still in use");
    }
}

#[test]
fn invalid_namespace_uri() {
    let kind = Kind::InvalidNamespaceUri;
    let plain = |xml, operation: &str, reason| refused(xml, operation, kind, reason);
    plain("<a/>", "<d:add sel='a' type='namespace::p'/>", "an empty namespace");
    plain("<a xmlns:p='u:'/>", "<d:replace sel='a/namespace::p'/>", "an empty namespace");
    for reserved in ["http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/"] {
        let operation = format!("<d:add sel='a' type='namespace::p'>{reserved}</d:add>");
        plain("<a/>", &operation, "no other prefix can be bound");
    }
    plain("<a xmlns='u:'/>", "<d:add sel='*'><b/></d:add>", "default namespace `u:`");
    let bound = |xml, operation: &str, reason| {
        refused_with("xmlns:p='p:' xmlns:q='q:'", xml, operation, kind, reason);
    };
    bound("<a/>", "<d:add sel='a'><p:b/></d:add>", "does not declare the namespace `p:`");
    bound("<a xmlns:p='u:'/>", "<d:add sel='a'><p:b/></d:add>", "the namespace `p:`");
    bound("<a xmlns='p:'/>", "<d:add sel='*' type='@p:b'/>", "the namespace `p:`");
    bound("<a xmlns='p:'/>", "<d:add sel='*'><p:b q:c=''/></d:add>", "the namespace `q:`");
    bound("<a xmlns:r='p:'/>", "<d:add sel='a'><p:b xmlns:r='x:'/></d:add>", "the namespace `p:`");
    bound("<p:a xmlns:p='p:'/>", "<d:replace sel='*'><p:b/></d:replace>", "the namespace `p:`");
}

#[test]
fn invalid_node_types() {
    let xml = "<a b='1' xmlns:p='u:'>t<c/><!--d--><?e?></a>";
    for (sel, contents) in [
        ("a/c", &["", "x", " <n/>", "<n/><n/>", "<!--n-->", "<?n?>"][..]),
        ("a/comment()", &["", "x", "<n/>", "<!--n--> ", "<!--n--><!--n-->", "<?n?>"]),
        ("a/processing-instruction()", &["", "x", "<n/>", "<!--n-->", " <?n?>"]),
        ("a/text()", &["<n/>", "x<!--n-->", "<?n?>"]),
        ("a/@b", &["<n/>", "x<!--n-->", "<?n?>"]),
        ("a/namespace::p", &["<n/>", "u:<!--n-->"]),
    ] {
        for content in contents {
            let operation = format!("<d:replace sel='{sel}'>{content}</d:replace>");
            refused(xml, &operation, Kind::InvalidNodeTypes, "");
        }
    }
    for sel in ["a/comment()", "a/text()", "a/processing-instruction()"] {
        for attribute in ["", "pos='prepend'", "type='@n'", "type='namespace::n'"] {
            let operation = format!("<d:add sel='{sel}' {attribute}>n</d:add>");
            refused(xml, &operation, Kind::InvalidNodeTypes, "not an element");
        }
    }
    refused(xml, "<d:add sel='a' type='@n'><n/></d:add>", Kind::InvalidNodeTypes, "only be text");
}

#[test]
fn invalid_patch_directive() {
    let kind = Kind::InvalidPatchDirective;
    refused("<a/>", "<d:move sel='a'/>", kind, "expected `add`, `replace` or `remove`");
    refused("<a/>", "<d:add sel='a' pos='after' type='@b'>x</d:add>", kind, "exclude each other");
}

#[test]
fn invalid_root_element_operation() {
    let kind = Kind::InvalidRootElementOperation;
    let xml = "<!--1--><a/>";
    refused(xml, "<d:remove sel='a'/>", kind, "cannot be removed");
    refused(xml, "<d:remove sel='a' ws='both'/>", kind, "cannot be removed");
    refused(xml, "<d:add sel='a' pos='before'><b/></d:add>", kind, "a sibling element");
    refused(xml, "<d:add sel='a' pos='after'>\n<b/></d:add>", kind, "a sibling element");
    refused(xml, "<d:add sel='comment()' pos='after'><b/></d:add>", kind, "a sibling element");
}

#[test]
fn invalid_xml_prolog_operation() {
    let kind = Kind::InvalidXmlPrologOperation;
    let xml = "<?p?><a/>";
    for text in ["x", "&#32;", "<![CDATA[ ]]>", "<![CDATA[]]>", " <!----> x"] {
        let operation = format!("<d:add sel='a' pos='before'>{text}</d:add>");
        refused(xml, &operation, kind, "no text beside the document element");
    }
}

/// Such a diff is refused as a whole.
#[test]
fn a_diff_that_is_not_well_formed() {
    for (content, reason) in [
        ("<?XML?>", "cannot have the name of the XML declaration"),
        ("<?xml?>", "can stand at the very beginning only"),
        ("&#55357;&#56832;", "two references stand for the halves of one character"),
        ("<b></:b>", "a name cannot begin with a colon"),
    ] {
        let operation = format!("<d:add sel='a'>{content}</d:add>");
        let error = XcapDiff::parse(diff(&operation, "")).unwrap_err();
        assert!(error.is_malformed_response(), "{error}");
        assert!(error.to_string().contains(reason), "{error}");
    }
}

#[test]
fn invalid_whitespace_directive() {
    let kind = Kind::InvalidWhitespaceDirective;
    let xml = "<!--0-->\n<a b='1' xmlns:p='u:'><c/> x<!--d--> <?e?></a>\n";
    for (sel, ws) in [
        ("a/c", "before"),
        ("a/c", "after"),
        ("a/c", "both"),
        ("a/comment()", "before"),
        ("a/comment()", "both"),
        ("a/processing-instruction()", "after"),
        ("comment()", "after"),
    ] {
        let operation = format!("<d:remove sel='{sel}' ws='{ws}'/>");
        refused(xml, &operation, kind, "there is no white space");
    }
    for sel in ["a/text()[1]", "a/@b", "a/namespace::p"] {
        let operation = format!("<d:remove sel='{sel}' ws='after'/>");
        refused(xml, &operation, kind, "`ws` goes with");
    }
    refused("<a><b/><![CDATA[]]></a>", "<d:remove sel='a/b' ws='after'/>", kind, "no white space");
}

#[test]
fn unlocated_node() {
    let xml = "<a b='1' xmlns='u:'><c/><c/>t<!--d--></a>";
    for (sel, reason) in [
        ("p:a/p:x", "no node matches `p:a/p:x`"),
        ("*/*[3]", "no node matches"),
        ("*/*[0]", "no node matches"),
        ("*/*[99999999999999999999]", "no node matches"),
        ("p:a/p:c", "2 nodes match `p:a/p:c`"),
        ("*/*", "2 nodes match"),
        ("a", "no node matches"),
        ("p:a/@p:b", "no node matches"),
        ("*/@c", "no node matches"),
        ("*/text()[2]", "no node matches"),
        ("*/comment()[0]", "no node matches"),
        ("*/*/text()", "no node matches"),
        ("*/processing-instruction()", "no node matches"),
        ("*/*[1]/namespace::p", "no node matches"),
        ("*/namespace::q", "no node matches"),
        ("/@b", "no node matches"),
        ("/text()", "no node matches"),
    ] {
        let operation = format!("<d:remove sel='{sel}'/>");
        refused_with("xmlns:p='u:'", xml, &operation, Kind::UnlocatedNode, reason);
    }
    // A declaration belongs to the element that holds it, and an empty section is no text.
    let xml = "<a xmlns:p='u:'><b/><![CDATA[]]></a>";
    refused(xml, "<d:remove sel='a/b/namespace::p'/>", Kind::UnlocatedNode, "no node");
    refused(xml, "<d:remove sel='a/text()'/>", Kind::UnlocatedNode, "no node");
    let twice = "<a><b xml:id='x'/><b xml:id='x'/></a>";
    refused(twice, "<d:remove sel='id(\"x\")'/>", Kind::UnlocatedNode, "several elements");
}

#[test]
fn unsupported_id_function() {
    let operation = "<d:remove sel='id(\"x\")'/>";
    refused("<a><b id='x'/></a>", operation, Kind::UnsupportedIdFunction, "without a schema");
    assert_eq!(Kind::UnsupportedXmlId.name(), Some("unsupported-xml-id"));
}

#[test]
fn a_document_that_cannot_be_read() {
    for (xml, reason) in [
        ("", "line 1, column 1: there is no element"),
        ("<a>", "the document is not XML that can be read: line 1, column 4"),
        ("<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", "a document type declaration is not allowed"),
    ] {
        for operation in ["<d:remove sel='a'/>", ""] {
            let error = apply(operation, xml).unwrap_err();
            assert_eq!(error.kind(), Kind::NotWellFormed);
            assert_eq!(error.operation(), None);
            assert!(error.to_string().contains(reason), "{error}");
        }
    }
    // Both attributes would come to have one name.
    let xml = "<a xmlns:p='u:' xmlns:q='v:' p:x='' q:x=''/>";
    let operation = "<d:replace sel='a/namespace::p'>v:</d:replace>";
    refused(xml, operation, Kind::NotWellFormed, "the patched document is not XML");
}

#[test]
fn the_offending_operation_is_named() {
    let operations = "<d:add sel='a'>x</d:add><d:remove sel='a/b'/><d:add sel='a'>y</d:add>";
    let error = apply(operations, "<a/>").unwrap_err();
    assert_eq!(error.operation().unwrap().markup(), "<d:remove sel='a/b'/>");
    assert_eq!(error.operation().unwrap().selector(), Some("a/b"));
    assert_eq!(
        error.to_string(),
        "patch operation 2, `<d:remove sel='a/b'/>`: unlocated-node: no node matches `a/b`"
    );
}
