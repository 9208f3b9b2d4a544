//! Writes a document as libxml2 writes what it has parsed.

use crate::xml::{Attribute, Tag, Token, Tokens};

/// A document, with a declaration and a line end at its end.
pub(super) fn document(text: &str) -> Option<String> {
    let (declaration, rest) = match text.strip_prefix("<?xml") {
        Some(declared) => declared.split_once("?>")?,
        None => ("", text),
    };
    let encoding = if declaration.contains("encoding") { " encoding=\"UTF-8\"" } else { "" };
    Some(format!("<?xml version=\"1.0\"{encoding}?>\n{}\n", fragment(rest.trim())?))
}

/// Values in `"`, declarations before attributes, and `<a/>` for `<a></a>`.
pub(super) fn fragment(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    // The end of the start tag, if that was the last markup.
    let mut opened = None;
    for (range, token) in Tokens::new(text) {
        out.push_str(text.get(copied..range.start)?);
        copied = range.end;
        let before = opened.take();
        match token {
            Token::Start(tag) => {
                push_tag(&mut out, &tag);
                opened = (!tag.is_empty).then_some(range.end);
            }
            Token::End(_) if before == Some(range.start) => {
                out.pop();
                out.push_str("/>");
            }
            Token::End(name) => out.push_str(&format!("</{name}>")),
            Token::Other => out.push_str(text.get(range)?),
        }
    }
    out.push_str(text.get(copied..)?);
    Some(out)
}

fn push_tag(out: &mut String, tag: &Tag<'_>) {
    out.push_str(&format!("<{}", tag.name));
    let is_declaration = |attribute: &Attribute<'_>| attribute.name.starts_with("xmlns");
    let declarations = tag.attributes().filter(is_declaration);
    let others = tag.attributes().filter(|attribute| !is_declaration(attribute));
    for Attribute { name, value, .. } in declarations.chain(others) {
        out.push_str(&format!(" {name}=\"{}\"", value.replace('"', "&quot;")));
    }
    out.push_str(if tag.is_empty { "/>" } else { ">" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_written_anew() {
        for (text, expected) in [
            ("<a/>", "<?xml version=\"1.0\"?>\n<a/>\n"),
            (
                "<?xml version='1.0' encoding='UTF-8'?>\n\n<a c = '\"' xmlns='u' ><b></b><c> </c ></a>",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a xmlns=\"u\" c=\"&quot;\"><b/><c> </c></a>\n",
            ),
            (
                "<a><!-- <b></b> --><![CDATA[<c d='>'></c>]]><?e f='g'?></a>",
                "<?xml version=\"1.0\"?>\n<a><!-- <b></b> --><![CDATA[<c d='>'></c>]]><?e f='g'?></a>\n",
            ),
            ("<a b='>/'></a>", "<?xml version=\"1.0\"?>\n<a b=\">/\"/>\n"),
        ] {
            assert_eq!(document(text).unwrap(), expected);
        }
    }
}
