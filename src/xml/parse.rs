//! The one parse that everything goes through.

use std::borrow::Cow;
use std::sync::OnceLock;

use roxmltree::{Document, Error};
use self_cell::self_cell;

use super::declaration::Declaration;
use super::fault::Fault;
use super::{guard, renamed, strict};

/// A text that is to be parsed.
pub(crate) struct Source<'x> {
    text: Cow<'x, str>,
    /// What is parsed instead, if the parser does not know a name in the text.
    renamed: OnceLock<String>,
}

type Tree<'a> = Document<'a>;

self_cell!(
    /// A text and its tree, kept together so that neither is made twice.
    pub(crate) struct Parsed {
        owner: Source<'static>,

        #[covariant]
        dependent: Tree,
    }
);

impl Parsed {
    pub(crate) fn read(text: String) -> Result<Self, Fault> {
        Self::try_new(Source::new(text), Source::parse)
    }

    pub(crate) fn text(&self) -> &str {
        &self.borrow_owner().text
    }

    pub(crate) fn tree(&self) -> &Document<'_> {
        self.borrow_dependent()
    }

    pub(crate) fn into_text(self) -> String {
        self.into_owner().text.into_owned()
    }
}

impl<'x> Source<'x> {
    pub(crate) fn new(text: impl Into<Cow<'x, str>>) -> Self {
        Self { text: text.into(), renamed: OnceLock::new() }
    }

    /// The tree of the text, or why there is none. A text that would take the parser quadratic time
    /// is refused before the parse. A text that the parser accepts by mistake is refused after it:
    /// XML 1.0 and its namespaces define what is well-formed.
    ///
    /// Ranges refer to the text. For names of elements and for their markup there are
    /// [`expanded_name`](super::expanded_name), [`written_name`](super::written_name) and
    /// [`written`](super::written).
    pub(crate) fn parse(&self) -> Result<Document<'_>, Fault> {
        if let Some(excess) = guard::excess(&self.text) {
            return Err(Fault::at(excess.position, excess.reason));
        }
        Declaration::read(&self.text)?;
        let document = match Document::parse(&self.text) {
            Err(Error::UnknownNamespace(prefix, _)) if prefix == "xml" => self.parse_renamed()?,
            parsed => parsed.map_err(|error| Fault::of(&error, &self.text))?,
        };
        match strict::fault(&self.text) {
            None => Ok(document),
            Some(fault) => Err(fault),
        }
    }

    fn parse_renamed(&self) -> Result<Document<'_>, Fault> {
        let renamed = self.renamed.get_or_init(|| renamed::parsed(&self.text));
        let document = Document::parse(renamed).map_err(|error| match error {
            Error::UnexpectedCloseTag(expected, found, position) => {
                let [expected, found] =
                    [expected, found].map(|name| renamed::as_written(&self.text, name));
                Fault::of(&Error::UnexpectedCloseTag(expected, found, position), &self.text)
            }
            error => Fault::of(&error, &self.text),
        })?;
        match renamed::mismatch(&document) {
            None => Ok(document),
            Some(fault) => Err(fault),
        }
    }
}

/// Whether a text is well-formed.
pub(crate) fn check(text: &str) -> Result<(), Fault> {
    Source::new(text).parse().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, shown: &str) {
        let fault = check(text).unwrap_err();
        assert_eq!(format!("{}: {}", fault.position, fault.reason), shown);
    }

    #[test]
    fn a_fault_has_a_place_and_a_reason() {
        fault("", "1:1: there is no element");
        fault("<a>\n <b>", "2:5: the text ends before all its elements are closed");
        fault("<a", "1:3: the text ends in the middle of a tag");
        fault("<a b", "1:5: the text ends in the middle of a tag");
        fault("<a>\n<b></c></a>", "2:4: `</c>` stands where `</b>` is expected");
        fault(
            "<a/>\n<!-- <!DOCTYPE --> <b/>",
            "2:20: this cannot stand here; a document is one element, with comments and white space around it",
        );
        fault(
            "<!--<!DOCTYPE -->\n<!DOCTYPE a><a/>",
            "2:1: a document type declaration is not allowed; leave it out",
        );
        fault("<x:a/>", "1:2: nothing declares the prefix `x`; add `xmlns:x=\"..\"`");
        fault(
            "<a>1 < 2</a>",
            "1:7: an XML name is expected here: it begins with a letter or `_` and has one colon at most; a bare `<` is written `&lt;`",
        );
        fault("<a b='1' b='2'/>", "1:10: the attribute `b` is given twice; leave one of them out");
        fault(
            "<a xmlns:b='1' xmlns:b='2'/>",
            "1:16: the prefix `b` is declared twice; leave one of them out",
        );
        fault("<a>\u{1}</a>", "1:4: U+0001 stands here, which XML does not allow; leave it out");
        fault("<a b=c/>", "1:6: an attribute value stands in quotes; put it between `\"` and `\"`");
        fault("<a b='c'd='e'/>", "1:9: white space is expected here; add a space");
        fault("<a b/>", "1:5: `=` is expected here");
        fault("<?xml version='1.0' x-encoding='y'?><a/>", "1:21: `?>` is expected here");
        fault("<xmlns:a/>", "1:2: an element cannot have the prefix `xmlns`; take another");
        fault(
            "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            "1:4: the namespace of `xmlns` cannot be declared; leave the declaration out",
        );
        fault("<é é='&b;'/>", "1:7: nothing declares the entity `b`; write the character itself");
    }

    #[test]
    fn names_are_those_of_namespaces_in_xml() {
        let empty = "the prefix `p` is declared with an empty namespace; give it one, or leave `xmlns:p` out";
        for declaration in ["xmlns:p=''", "xmlns:p=\"\"", "xmlns:p =\n ''"] {
            fault(&format!("<a>\n<b {declaration}/></a>"), &format!("2:4: {empty}"));
        }
        let twice = "the attribute `xmlns` is given twice; leave one of them out";
        fault("<a xmlns='u' b='c' xmlns = 'v'/>", &format!("1:20: {twice}"));
        fault("<a><b/><c xmlns='' xmlns=''/></a>", &format!("1:20: {twice}"));
        let declared = "the prefix `xmlns` cannot be declared; leave `xmlns:xmlns` out";
        fault("<a xmlns:xmlns='u'/>", &format!("1:4: {declared}"));
        let other = "`p:xmlns` cannot be told from a declaration; give the attribute another name";
        fault("<a xmlns:p='u' p:xmlns='v'/>", &format!("1:16: {other}"));
        let colon = "a name cannot begin with a colon; take it away";
        fault("<!-- <:a --><:a/>", &format!("1:14: {colon}"));
        fault("<:a></:a>", &format!("1:2: {colon}"));
        fault("<a :xmlns='u'/>", &format!("1:4: {colon}"));
        let target = "the target of a processing instruction cannot hold a colon; take it away";
        fault("<?p:q r?><a/>", &format!("1:4: {target}"));
        fault("<a><?p:?></a>", &format!("1:7: {target}"));

        for text in [
            "<?p q:r?><a/>",
            "<a><!-- xmlns:p='' <:b <?p:q?> </:a>--><![CDATA[<b xmlns:p=''/></:a>]]></a>",
            "<?p <:a xmlns:p=''><?q:r ?><a/>",
            "<a b=' xmlns:p=\"\" p:xmlns=\"u\" xmlns=' xmlns='u'> xmlns:p='' xmlns= xmlns= :xmlns</a>",
            "<a xmlns='u'><b xmlns=''/></a>",
            "<a xmlns='u' xmlnsb='v' xmlns:p='xmlns' xmlns:q='u'/>",
        ] {
            assert_eq!(check(text).err(), None, "{text}");
        }
    }

    #[test]
    fn odd_names_take_linear_time() {
        let start = std::time::Instant::now();
        for odd in ["xmlns", " xmlns=''", " xmlns:p=''", ":xmlns", "xmlns:", "&lt;:", "xmlns: "] {
            let text = odd.repeat(100_000);
            assert!(check(&format!("<a>{text}</a>")).is_ok(), "{odd}");
            assert!(check(&format!("<a b=\"{text}\"/>")).is_ok(), "{odd}");
        }
        for odd in ["<:a>", "</:a>", "</:", "<b :xmlns ", "<?p:q", "<b xmlns:p=''>", "<b a="] {
            assert!(check(&format!("<a><!--{}--></a>", odd.repeat(100_000))).is_ok(), "{odd}");
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
