//! The one parse that everything goes through.

use roxmltree::Document;

use super::declaration::Declaration;
use super::fault::Fault;
use super::{guard, strict};

/// Parses a document, or says why not. What would take the parser quadratic time is refused first, and
/// what it should not take is refused then: well-formed is what XML 1.0 and its namespaces say.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, Fault> {
    if let Some(excess) = guard::excess(text) {
        return Err(Fault::at(excess.position, excess.reason));
    }
    Declaration::read(text)?;
    let document = Document::parse(text).map_err(|error| Fault::of(&error, text))?;
    match strict::fault(text) {
        None => Ok(document),
        Some(fault) => Err(fault),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn fault(text: &str, shown: &str) {
        let fault = parse(text).unwrap_err();
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
            assert_eq!(parse(text).err(), None, "{text}");
        }
    }

    #[test]
    fn odd_names_take_linear_time() {
        let start = std::time::Instant::now();
        for odd in ["xmlns", " xmlns=''", " xmlns:p=''", ":xmlns", "xmlns:", "&lt;:", "xmlns: "] {
            let text = odd.repeat(100_000);
            assert!(parse(&format!("<a>{text}</a>")).is_ok(), "{odd}");
            assert!(parse(&format!("<a b=\"{text}\"/>")).is_ok(), "{odd}");
        }
        for odd in ["<:a>", "</:a>", "</:", "<b :xmlns ", "<?p:q", "<b xmlns:p=''>", "<b a="] {
            assert!(parse(&format!("<a><!--{}--></a>", odd.repeat(100_000))).is_ok(), "{odd}");
        }
        assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
    }
}
