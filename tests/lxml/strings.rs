//! The text of elements: that which lxml reads is the one that a patch finds.

use xcaplib::diff::XcapDiff;

use super::generate::Rng;
use super::oracle::{Question, ask, text};
use super::seed;

const CASES: u64 = 1_000;
const PIECES: [&str; 14] = [
    "\r",
    "\r",
    "\n",
    "\r\n",
    "&#13;",
    "&#10;",
    "&#65;",
    "&amp;",
    "<![CDATA[\r]]>",
    "<![CDATA[]]>",
    "<!--\r-->",
    "<b>\r</b>",
    "é",
    "x",
];

#[test]
fn patches_find_the_text_of_elements() {
    let mut rng = Rng::new(seed());
    let documents: Vec<String> = (0..CASES)
        .map(|_| {
            let content: String = (0..=rng.below(6)).map(|_| rng.pick(&PIECES)).collect();
            format!("<r><a>{content}</a></r>")
        })
        .collect();
    let questions = documents.iter().map(|xml| Question::new("strings", [xml.as_str()])).collect();
    let Some(answers) = ask(questions) else { return };
    for (xml, answer) in documents.iter().zip(&answers) {
        let value = text(answer.strip_prefix("strings ").unwrap());
        let patched = without_the_element_of(&value, xml);
        assert_eq!(patched.as_deref(), Ok("<r></r>"), "{xml:?} {value:?}");
    }
}

/// The document without its element of this value, as a patch takes it out.
fn without_the_element_of(value: &str, xml: &str) -> Result<String, String> {
    let escaped: String = value.chars().map(|c| format!("&#{};", u32::from(c))).collect();
    let diff = format!(
        "<d:xcap-diff xmlns:d='urn:ietf:params:xml:ns:xcap-diff' xcap-root='http://x/'>\
         <d:document sel='a/global/i' previous-etag='1' new-etag='2'>\
         <d:remove sel=\"r/a[.='{escaped}']\"/></d:document></d:xcap-diff>"
    );
    let diff = XcapDiff::parse(diff).unwrap();
    let report = diff.documents().next().unwrap();
    report.apply(xml).map_err(|error| error.to_string())
}
