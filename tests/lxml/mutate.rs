//! Documents that are nearly, or no longer, well-formed.

use super::generate::{self, Rng};

/// What is put somewhere into a document.
const PIECES: [&str; 66] = [
    "&#55357;&#56832;",
    "&#xD800;",
    "&#xDFFF;",
    "&#x110000;",
    "&#x10FFFF;",
    "&#4294967296;",
    "&#0;",
    "&#x1;",
    "&#xFFFE;",
    "&#xE000;",
    "&#0065;",
    "&#13;",
    "&#x;",
    "&#;",
    "&#X41;",
    "&amp;",
    "&apos;",
    "&nbsp;",
    "&",
    "&lt",
    ";",
    "<",
    ">",
    "</",
    "/>",
    "\"",
    "'",
    "=",
    ":",
    " :",
    " ",
    "\n",
    "\r",
    "\t",
    "-",
    "--",
    "-->",
    "<!--",
    "<!-- -->",
    "<!-->",
    "<!--->",
    "]]>",
    "]]",
    "<![CDATA[",
    "<![CDATA[]]>",
    "<?p?>",
    "<?p??>",
    "<?p ??>",
    "<?p'1'?>",
    "<?p:q?>",
    "<?XML?>",
    "<?xml?>",
    "<?xml version='1.0'?>",
    "<?xml\tversion='1.0'?>",
    "<?xml-x?>",
    "?>",
    "<xml:a/>",
    "<xml:a></xmla>",
    "<a:/>",
    "<:a/>",
    "</:a>",
    "\u{feff}",
    "\u{fffe}",
    "\u{1}",
    "\u{85}",
    "é",
];

/// What is put behind the name or an attribute of a tag.
const ATTRIBUTES: [&str; 20] = [
    " a='1'",
    " a='1' a='2'",
    "a='1'",
    " :a='1'",
    " a:='1'",
    " p:a='1' p:a='2'",
    " xml:lang=''",
    " xml:b='&#xD800;'",
    " xmlns='urn:one'",
    " xmlns=''",
    " xmlns:p='urn:one'",
    " xmlns:p=''",
    " xmlns:p='urn:one' xmlns:q='urn:one' p:a='' q:a=''",
    " xmlns:xml='http://www.w3.org/XML/1998/namespace'",
    " xmlns:xml='urn:one'",
    " xmlns:p='http://www.w3.org/XML/1998/namespace'",
    " xmlns:xmlns='urn:one'",
    " xmlns:p='http://www.w3.org/2000/xmlns/'",
    " a='<'",
    " a=1",
];

const VERSIONS: [&str; 10] = [
    " version='1.0'",
    " version=\"1.1\"",
    "\nversion = '1.0'",
    " version='2.0'",
    " version='1.0a'",
    " version=''",
    " versionX='1.0'",
    " Version='1.0'",
    "version='1.0'",
    "",
];
const ENCODINGS: [&str; 8] = [
    "",
    "",
    " encoding='UTF-8'",
    " encoding=\"utf-8\"",
    "\tencoding\t=\t'UTF-8'",
    " encoding=''",
    " encoding='8'",
    " encoding='UTF 8'",
];
const STANDALONES: [&str; 8] = [
    "",
    "",
    " standalone='yes'",
    " standalone=\"no\"",
    " standalone='y'",
    " standalone=''",
    " Standalone='yes'",
    " standalone='yes' encoding='UTF-8'",
];
const ENDS: [&str; 5] = ["?>", " ?>", "\r\n?>", ">", " x?>"];

/// A document of this seed: one in four as it was generated.
pub(crate) fn document(seed: u64) -> String {
    let mut text = generate::case(seed).xml;
    let mut rng = Rng::new(!seed);
    if rng.percent(25) {
        return text;
    }
    for _ in 0..=rng.below(2) {
        mutate(&mut rng, &mut text);
    }
    text
}

fn mutate(rng: &mut Rng, text: &mut String) {
    match rng.below(10) {
        0..=3 => {
            let at = boundary(rng, text);
            text.insert_str(at, rng.pick(&PIECES));
        }
        4..=6 => {
            let ends: Vec<usize> = text
                .char_indices()
                .filter(|(_, c)| matches!(c, '>' | '/' | ' '))
                .map(|(at, _)| at)
                .collect();
            if !ends.is_empty() {
                text.insert_str(rng.pick(&ends), rng.pick(&ATTRIBUTES));
            }
        }
        7 => {
            let bare = text.trim_start_matches('\u{feff}');
            let rest = bare.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
            let rest = rest.map_or(bare, |(_, rest)| rest).to_owned();
            *text = declaration(rng) + &rest;
        }
        8 => {
            let at = boundary(rng, text);
            let end = (at + 1 + rng.below(3)).min(text.len());
            if text.is_char_boundary(end) {
                text.replace_range(at..end, "");
            }
        }
        _ => {
            let (one, other) = (boundary(rng, text), boundary(rng, text));
            let piece = text[one.min(other)..one.max(other)].to_owned();
            let at = boundary(rng, text);
            text.insert_str(at, &piece);
        }
    }
}

fn declaration(rng: &mut Rng) -> String {
    let version = if rng.percent(60) { VERSIONS[0] } else { rng.pick(&VERSIONS) };
    let end = if rng.percent(60) { ENDS[0] } else { rng.pick(&ENDS) };
    format!("<?xml{version}{}{}{end}", rng.pick(&ENCODINGS), rng.pick(&STANDALONES))
}

fn boundary(rng: &mut Rng, text: &str) -> usize {
    let mut at = rng.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
