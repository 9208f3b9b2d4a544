//! The examples and rules of RFC 5261.

use std::fs;

use xcaplib::diff::XcapDiff;

use super::{apply_with, patched};

/// Appendix A. The results are the RFC's, but for those that show "one possible form": removed
/// markup takes no white space behind it along (A.14), and an element that was emptied keeps its
/// two tags (A.17, A.18); and for A.16, where white space is gone although there is no `ws`:
/// section 4.5.6 says that it stays.
#[test]
fn appendix_a() {
    for number in 1..=18 {
        let read = |what: &str| {
            let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/diff/rfc5261");
            fs::read_to_string(format!("{dir}/a{number:02}-{what}.xml")).unwrap()
        };
        let diff = XcapDiff::parse(read("diff")).unwrap();
        let result = diff.documents().next().unwrap().apply(&read("target")).unwrap();
        assert_eq!(result, read("result"), "A.{number}");
    }
}

#[test]
fn section_4_1_steps_and_predicates() {
    let xml = "<a><b i='1'>x</b><b i='2'><c>y</c></b><b i='1'>z</b><e i='1'/></a>";
    for (sel, found) in [
        ("a/b[1]", "<b i='1'>x</b>"),
        ("/a/b[3]", "<b i='1'>z</b>"),
        ("*/*[4]", "<e i='1'/>"),
        ("a/b[@i='2']", "<b i='2'><c>y</c></b>"),
        ("a/b[@i=\"1\"][2]", "<b i='1'>z</b>"),
        ("a/b[3][@i='1']", "<b i='1'>z</b>"),
        ("a/*[@i='1'][3]", "<e i='1'/>"),
        ("a/b[.='z']", "<b i='1'>z</b>"),
        ("a/b[.='y']", "<b i='2'><c>y</c></b>"),
        ("a/b[c='y']", "<b i='2'><c>y</c></b>"),
        ("a/*[.='']", "<e i='1'/>"),
        (" a / b [ c = 'y' ] ", "<b i='2'><c>y</c></b>"),
        ("a/b/c", "<c>y</c>"),
        ("*/*/*", "<c>y</c>"),
    ] {
        let sel = sel.replace('"', "&quot;");
        let operation = format!("<d:remove sel=\"{sel}\"/>");
        patched(xml, &operation, &xml.replace(found, ""));
    }
}

#[test]
fn section_4_1_identifiers() {
    let xml = "<a><b xml:id='x'><c/></b><b xml:id='y'/></a>";
    patched(xml, "<d:remove sel='id(\"y\")'/>", "<a><b xml:id='x'><c/></b></a>");
    patched(xml, "<d:remove sel='/id(\"x\")/c'/>", "<a><b xml:id='x'></b><b xml:id='y'/></a>");
    patched(xml, "<d:replace sel='id(\"x\")/@xml:id'>z</d:replace>", &xml.replace("'x'", "'z'"));
}

#[test]
fn section_4_2_1_selectors_are_resolved_in_the_diff() {
    let remove = |declarations: &str, sel: &str, xml: &str| {
        apply_with(declarations, &format!("<d:remove sel=\"{sel}\"/>"), xml)
    };
    let xml = "<r><bar xmlns='foo:'/><b:bar xmlns:b='foo:' b:x=''/><bar/></r>";
    let left = remove("xmlns:a='foo:'", "r/a:bar[@a:x='']", xml).unwrap();
    assert_eq!(left, "<r><bar xmlns='foo:'/><bar/></r>");
    let left = remove("", "r/bar", xml).unwrap();
    assert_eq!(left, "<r><bar xmlns='foo:'/><b:bar xmlns:b='foo:' b:x=''/></r>");
    let left = remove("xmlns='foo:'", "*/bar[1]", xml).unwrap();
    assert_eq!(left, "<r><b:bar xmlns:b='foo:' b:x=''/><bar/></r>");
    // The operation's own declarations count, and `xmlns=''` takes a default one away.
    let operation = "<d:remove xmlns='' xmlns:q='foo:' sel='r/q:bar[2]'/>";
    let left = apply_with("xmlns='other:'", operation, xml).unwrap();
    assert_eq!(left, "<r><bar xmlns='foo:'/><bar/></r>");
}

#[test]
fn section_4_2_3_new_content_gets_the_documents_prefixes() {
    let add = |declarations: &str, content: &str, xml: &str| {
        apply_with(declarations, &format!("<d:add sel='*'>{content}</d:add>"), xml).unwrap()
    };
    // The prefixes differ.
    assert_eq!(
        add("xmlns:a='foo:'", "<a:bar a:x='1'><a:c/></a:bar>", "<r xmlns:b='foo:'/>"),
        "<r xmlns:b='foo:'><b:bar b:x='1'><b:c/></b:bar></r>"
    );
    // Into and out of a default namespace.
    assert_eq!(
        add("xmlns:a='foo:' xmlns:p='foo:'", "<a:bar ><p:c/></a:bar >", "<p:r xmlns:p='foo:'/>"),
        "<p:r xmlns:p='foo:'><p:bar ><p:c/></p:bar ></p:r>"
    );
    let operation = "<d:add xmlns='foo:' sel='r'><bar><c/>text</bar></d:add>";
    assert_eq!(
        apply_with("", operation, "<b:r xmlns:b='foo:'></b:r>").unwrap(),
        "<b:r xmlns:b='foo:'><b:bar><b:c/>text</b:bar></b:r>"
    );
    assert_eq!(
        add("xmlns:a='foo:'", "<a:bar><a:c x='1'/></a:bar>", "<r xmlns='foo:'/>"),
        "<r xmlns='foo:'><bar><c x='1'/></bar></r>"
    );
    // What the content declares is copied unaltered, and hides the document's.
    let local = "<a:bar xmlns:a='foo:' xmlns='two:'><c/><a:c a:x=''/></a:bar>";
    assert_eq!(
        add("xmlns:a='one:'", local, "<r xmlns:b='foo:'/>"),
        format!("<r xmlns:b='foo:'>{local}</r>")
    );
    assert_eq!(
        add(
            "xmlns:a='foo:'",
            "<a:bar xmlns:b='two:'><a:c/><b:c/></a:bar><a:c/>",
            "<r xmlns:b='foo:' xmlns:c='foo:'/>"
        ),
        "<r xmlns:b='foo:' xmlns:c='foo:'><c:bar xmlns:b='two:'><c:c/><b:c/></c:bar><b:c/></r>"
    );
    // Tags in comments, CDATA sections and values are none.
    let content = "<!-- <a:x> --><![CDATA[<a:x>]]><?a <a:x> ?><a:b y='&lt;a:x>'/>";
    assert_eq!(
        add("xmlns:a='foo:'", content, "<r xmlns:b='foo:'/>"),
        "<r xmlns:b='foo:'><!-- <a:x> --><![CDATA[<a:x>]]><?a <a:x> ?><b:b y='&lt;a:x>'/></r>"
    );
}

#[test]
fn section_4_2_3_one_of_several_prefixes() {
    let add = |declaration: &str, element: &str, xml: &str| {
        apply_with(declaration, &format!("<d:add sel='*'><{element}/></d:add>"), xml).unwrap()
    };
    let new = |result: String| {
        let start = result.rfind('<').map_or(0, |end| result[..end].rfind('<').unwrap());
        result[start..result.rfind("</").unwrap()].to_owned()
    };
    let bound = |xmlns: &str| format!("<r xmlns:x='u:' xmlns:y='u:' {xmlns}/>");
    // The diff's own prefix.
    assert_eq!(new(add("xmlns:y='u:'", "y:e", &bound(""))), "<y:e/>");
    // The parent's.
    let parent = "<y:r xmlns:x='u:' xmlns:y='u:'/>";
    assert_eq!(new(add("xmlns:a='u:'", "a:e", parent)), "<y:e/>");
    assert_eq!(new(add("xmlns:a='u:'", "a:e", &bound("xmlns='u:'"))), "<e/>");
    // The closest before it, or the first.
    assert_eq!(new(add("xmlns:xx='u:'", "xx:e", &bound(""))), "<x:e/>");
    assert_eq!(new(add("xmlns:z='u:'", "z:e", &bound(""))), "<y:e/>");
    assert_eq!(new(add("xmlns:a='u:'", "a:e", &bound(""))), "<x:e/>");
    // The default one comes first, but not for attributes.
    let qualified = "<q:r xmlns:q='q:' xmlns='u:' xmlns:x='u:'/>";
    assert_eq!(new(add("xmlns:a='u:'", "a:e", qualified)), "<e/>");
    assert_eq!(new(add("xmlns:a='u:'", "a:e a:i=''", qualified)), "<e x:i=''/>");
}

#[test]
fn section_4_3_places() {
    let xml = "<a>1<b/>2<!--c-->3<?p i?>4</a>";
    for (operation, expected) in [
        ("<d:add sel='a' pos='prepend'><n/></d:add>", "<a><n/>1<b/>2<!--c-->3<?p i?>4</a>"),
        ("<d:add sel='a'><n/></d:add>", "<a>1<b/>2<!--c-->3<?p i?>4<n/></a>"),
        ("<d:add sel='a/b'>t<n/></d:add>", "<a>1<b>t<n/></b>2<!--c-->3<?p i?>4</a>"),
        ("<d:add sel='a/b' pos='prepend'><n/></d:add>", "<a>1<b><n/></b>2<!--c-->3<?p i?>4</a>"),
        ("<d:add sel='a/b' pos='before'><n/></d:add>", "<a>1<n/><b/>2<!--c-->3<?p i?>4</a>"),
        ("<d:add sel='a/b' pos='after'><n/></d:add>", "<a>1<b/><n/>2<!--c-->3<?p i?>4</a>"),
        (
            "<d:add sel='a/text()[2]' pos='before'><n/></d:add>",
            "<a>1<b/><n/>2<!--c-->3<?p i?>4</a>",
        ),
        ("<d:add sel='a/text()[2]' pos='after'><n/></d:add>", "<a>1<b/>2<n/><!--c-->3<?p i?>4</a>"),
        (
            "<d:add sel='a/comment()' pos='before'><n/></d:add>",
            "<a>1<b/>2<n/><!--c-->3<?p i?>4</a>",
        ),
        (
            "<d:add sel='a/processing-instruction(\"p\")' pos='after'><n/></d:add>",
            "<a>1<b/>2<!--c-->3<?p i?><n/>4</a>",
        ),
        ("<d:add sel='a/b'/>", xml),
    ] {
        patched(xml, operation, expected);
    }
}

#[test]
fn section_4_3_5_several_nodes() {
    patched(
        "<a>one<b/>two<b/></a>",
        "<d:add sel='*/text()[2]' pos='after'>new<bar/>elem</d:add>",
        "<a>one<b/>twonew<bar/>elem<b/></a>",
    );
    patched(
        "<a>one<b/>two<b/></a>",
        "<d:add sel='*/text()[2]' pos='before'>new<bar/>elem</d:add>",
        "<a>one<b/>new<bar/>elemtwo<b/></a>",
    );
    patched(
        "<a/>",
        "<d:add sel='a'><![CDATA[<x>]]>&amp;&#65;<!-- c --></d:add>",
        "<a><![CDATA[<x>]]>&amp;&#65;<!-- c --></a>",
    );
}

#[test]
fn section_4_3_2_attributes() {
    let add = |declarations: &str, kind: &str, value: &str, xml: &str| {
        apply_with(declarations, &format!("<d:add sel='*' type='{kind}'>{value}</d:add>"), xml)
            .unwrap()
    };
    assert_eq!(add("", "@x", "it's &lt;&amp;\n", "<a />"), "<a x=\"it's &lt;&amp;&#10;\" />");
    assert_eq!(add("", "@x", "", "<a b='1'\n>t</a>"), "<a b='1' x=\"\"\n>t</a>");
    assert_eq!(add("", "@xml:lang", "en", "<a/>"), "<a xml:lang=\"en\"/>");
    assert_eq!(
        add("xmlns:p='u:'", "@p:x", "1", "<a xmlns='u:' xmlns:q='u:'/>"),
        "<a xmlns='u:' xmlns:q='u:' q:x=\"1\"/>"
    );
    assert_eq!(
        add("xmlns:p='u:'", "@p:x", "1", "<a x='2' xmlns:q='u:'/>"),
        "<a x='2' xmlns:q='u:' q:x=\"1\"/>"
    );
}

#[test]
fn section_4_3_3_namespaces() {
    patched("<a/>", "<d:add sel='a' type='namespace::p'>u:</d:add>", "<a xmlns:p=\"u:\"/>");
    // Hides an outer declaration that is not in use, or says the same.
    patched(
        "<a xmlns:p='v:'><b/></a>",
        "<d:add sel='a/b' type='namespace::p'>u:</d:add>",
        "<a xmlns:p='v:'><b xmlns:p=\"u:\"/></a>",
    );
    patched(
        "<a xmlns:p='u:'><b><p:c/></b></a>",
        "<d:add sel='a/b' type='namespace::p'>u:</d:add>",
        "<a xmlns:p='u:'><b xmlns:p=\"u:\"><p:c/></b></a>",
    );
    patched(
        "<a xmlns:p='v:'><b><c xmlns:p='w:'><p:c/></c></b></a>",
        "<d:add sel='a/b' type='namespace::p'>u:</d:add>",
        "<a xmlns:p='v:'><b xmlns:p=\"u:\"><c xmlns:p='w:'><p:c/></c></b></a>",
    );
}

#[test]
fn section_4_4_replacing() {
    let xml = "<a x='1'\ty = \"2\" xmlns:p='u:'>t<!--c--><?p i?><b><c/></b>&amp;<![CDATA[u]]></a>";
    for (operation, old, new) in [
        ("<d:replace sel='a/b'><n y='1'/></d:replace>", "<b><c/></b>", "<n y='1'/>"),
        ("<d:replace sel='a/@x'>it's</d:replace>", "x='1'", "x='it&apos;s'"),
        ("<d:replace sel='a/@y'>it's</d:replace>", "y = \"2\"", "y = \"it's\""),
        ("<d:replace sel='a/@y'>&quot;\t</d:replace>", "\"2\"", "\"&quot;&#9;\""),
        ("<d:replace sel='a/@x'/>", "x='1'", "x=''"),
        ("<d:replace sel='a/namespace::p'>v:</d:replace>", "u:", "v:"),
        ("<d:replace sel='a/comment()'><!-- d --></d:replace>", "<!--c-->", "<!-- d -->"),
        ("<d:replace sel='a/processing-instruction()'><?q?></d:replace>", "<?p i?>", "<?q?>"),
        ("<d:replace sel='a/text()[1]'>n&lt;</d:replace>", ">t<", ">n&lt;<"),
        ("<d:replace sel='a/text()[1]'/>", ">t<", "><"),
        ("<d:replace sel='a/text()[2]'>n</d:replace>", "&amp;<![CDATA[u]]>", "n"),
        (
            "<d:replace sel='a/text()[2]'><![CDATA[n]]></d:replace>",
            "&amp;<![CDATA[u]]>",
            "<![CDATA[n]]>",
        ),
    ] {
        patched(xml, operation, &xml.replace(old, new));
    }
    patched("<a><b/></a>", "<d:replace sel='a'><c/></d:replace>", "<c/>");
    // The prefixes are those of the parent.
    let replaced = apply_with(
        "xmlns:a='u:'",
        "<d:replace sel='*/a:b'><a:c/></d:replace>",
        "<r xmlns:p='u:'><x:b xmlns:x='u:'/></r>",
    );
    assert_eq!(replaced.unwrap(), "<r xmlns:p='u:'><p:c/></r>");
}

#[test]
fn section_4_5_removing() {
    let xml = "<a x='1'  y='2'>\n <b/>\n <!--c-->t<?p?> </a>";
    for (operation, expected) in [
        ("<d:remove sel='a/@x'/>", "<a  y='2'>\n <b/>\n <!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/@y'/>", "<a x='1'>\n <b/>\n <!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/b'/>", "<a x='1'  y='2'>\n \n <!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/b' ws='before'/>", "<a x='1'  y='2'>\n <!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/b' ws='after'/>", "<a x='1'  y='2'>\n <!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/b' ws='both'/>", "<a x='1'  y='2'><!--c-->t<?p?> </a>"),
        ("<d:remove sel='a/comment()' ws='before'/>", "<a x='1'  y='2'>\n <b/>t<?p?> </a>"),
        (
            "<d:remove sel='a/processing-instruction(\"p\")' ws='after'/>",
            "<a x='1'  y='2'>\n <b/>\n <!--c-->t</a>",
        ),
        ("<d:remove sel='a/text()[3]'/>", "<a x='1'  y='2'>\n <b/>\n <!--c--><?p?> </a>"),
        ("<d:remove sel='a/text()[1]'/>", "<a x='1'  y='2'><b/>\n <!--c-->t<?p?> </a>"),
    ] {
        patched(xml, operation, expected);
    }
    // White space counts as the data model sees it, in whatever way it is written.
    patched("<a>&#32;<![CDATA[\n]]><b/>t</a>", "<d:remove sel='a/b' ws='before'/>", "<a>t</a>");
}

#[test]
fn beside_the_document_element() {
    let xml = "\u{feff}<?xml version='1.0'?>\n<!--1--><?p?>\n<a/>\r\n<!--2-->\n";
    patched(xml, "<d:remove sel='comment()[1]'/>", &xml.replace("<!--1-->", ""));
    patched(xml, "<d:replace sel='comment()[2]'><!--n--></d:replace>", &xml.replace("2", "n"));
    patched(xml, "<d:remove sel='/processing-instruction(\"p\")'/>", &xml.replace("<?p?>", ""));
    patched(
        xml,
        "<d:add sel='*' pos='before'><!--n-->\n</d:add>",
        &xml.replace("<a/>", "<!--n-->\n<a/>"),
    );
    patched(
        xml,
        "<d:add sel='comment()[2]' pos='after'><?n?></d:add>",
        &xml.replace("<!--2-->", "<!--2--><?n?>"),
    );
}

#[test]
fn all_else_stays_as_it_is() {
    let xml = "\u{feff}<?xml version=\"1.0\"  encoding='utf-8' ?>\r\n<!-- <a> -->\r\n<a\tx = 'a\"&#38;' >\r\n\
               <![CDATA[ ]] ]]>&#xe9;é&quot; <b  ></b  ><?p  q ?><c   />\r</a>\r\n\r\n";
    patched(xml, "<d:add sel='a/c' type='@n'>1</d:add>", &xml.replace("<c ", "<c n=\"1\" "));
    patched(xml, "<d:add sel='a/b'>n</d:add>", &xml.replace("<b  >", "<b  >n"));
    patched(xml, "<d:add sel='a/c'>n</d:add>", &xml.replace("<c   />", "<c   >n</c>"));
    patched(xml, "<d:remove sel='a/b'/>", &xml.replace("<b  ></b  >", ""));
    patched(xml, "", xml);
}

#[test]
fn texts_that_come_to_touch() {
    patched("<a>]]<b/>></a>", "<d:remove sel='a/b'/>", "<a>]]&gt;</a>");
    patched("<a>\r<b/>\n</a>", "<d:remove sel='a/b'/>", "<a>\n\n</a>");
    patched("<a>]]<b/></a>", "<d:replace sel='a/b'><b/></d:replace>", "<a>]]<b/></a>");
    patched("<a>]]</a>", "<d:add sel='a'>></d:add>", "<a>]]&gt;</a>");
}

#[test]
fn operations_see_what_those_before_them_did() {
    patched(
        "<a><b>1</b><b>2</b></a>",
        "<d:remove sel='a/b[1]'/> <d:remove sel='a/b[1]'/> <d:add sel='a'><n/></d:add>\
         <d:add sel='a/n' type='@i'>1</d:add><d:replace sel='a/n[@i=\"1\"]/@i'>2</d:replace>",
        "<a><n i=\"2\"/></a>",
    );
}

#[test]
fn extensions_are_passed_over() {
    patched(
        "<a/>",
        "<e:x xmlns:e='e:'/>text<!-- c --><d:add sel='a' e:x='1' y='2' ws='odd' xmlns:e='e:'>n</d:add>",
        "<a>n</a>",
    );
}

/// `xml` is bound without a declaration, in the diff and in the document.
#[test]
fn elements_with_the_prefix_xml() {
    let xml = "<r xmlns='u'><xml:a/><xmla/><xml:a>x</xml:a></r>";
    let patched = |operation: &str| apply_with("xmlns='u'", operation, xml).unwrap();
    let in_r = |content: &str| format!("<r xmlns='u'>{content}</r>");
    assert_eq!(patched("<d:remove sel='r/xml:a[2]'/>"), in_r("<xml:a/><xmla/>"));
    assert_eq!(patched("<d:remove sel='r/xmla'/>"), in_r("<xml:a/><xml:a>x</xml:a>"));
    assert_eq!(
        patched("<d:add sel='r/xml:a[1]'><xml:b>y</xml:b><b/></d:add>"),
        in_r("<xml:a><xml:b>y</xml:b><b/></xml:a><xmla/><xml:a>x</xml:a>")
    );
    assert_eq!(
        patched("<d:replace sel='r/xmla'><xml:c i=''/></d:replace>"),
        in_r("<xml:a/><xml:c i=''/><xml:a>x</xml:a>")
    );
    assert_eq!(
        patched("<d:add sel='r/xml:a[1]' type='@i'>1</d:add>"),
        in_r("<xml:a i=\"1\"/><xmla/><xml:a>x</xml:a>")
    );
}

/// A bare CR is a line end, also beside a reference.
#[test]
fn line_ends_beside_references() {
    let xml = "<r><a>x\r&#65;</a><a>&#65;\r</a><a>\r&#10;</a><a>&#13;\r</a></r>";
    for (value, expected) in [
        ("x&#10;A", "<r><a>&#65;\r</a><a>\r&#10;</a><a>&#13;\r</a></r>"),
        ("A&#10;", "<r><a>x\r&#65;</a><a>\r&#10;</a><a>&#13;\r</a></r>"),
        ("&#10;&#10;", "<r><a>x\r&#65;</a><a>&#65;\r</a><a>&#13;\r</a></r>"),
        ("&#13;&#10;", "<r><a>x\r&#65;</a><a>&#65;\r</a><a>\r&#10;</a></r>"),
    ] {
        patched(xml, &format!("<d:remove sel=\"r/a[.='{value}']\"/>"), expected);
        patched(xml, &format!("<d:remove sel=\"r/*[.='{value}']\"/>"), expected);
    }
    patched(
        "<r><b><a>x\r&#65;</a></b><b/></r>",
        "<d:remove sel=\"r/b[a='x&#10;A']\"/>",
        "<r><b/></r>",
    );
    patched("<r/>", "<d:add sel='r' type='@a'>x\r&#65;</d:add>", "<r a=\"x&#10;A\"/>");
}
