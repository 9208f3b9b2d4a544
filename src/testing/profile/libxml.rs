//! How libxml2 writes what it has parsed, as far as that differs from what was there.

use crate::xml;

/// A document: with a declaration, and a line end at its end.
pub(super) fn document(text: &str) -> Option<String> {
    let (declaration, rest) = match text.strip_prefix("<?xml") {
        Some(declared) => declared.split_once("?>")?,
        None => ("", text),
    };
    let encoding = if declaration.contains("encoding") { " encoding=\"UTF-8\"" } else { "" };
    Some(format!("<?xml version=\"1.0\"{encoding}?>\n{}\n", fragment(rest.trim())?))
}

/// Values between `"`, declarations before attributes, `<a/>` for `<a></a>`.
pub(super) fn fragment(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut was_opened = false;
    while let Some(at) = rest.find('<') {
        let (content, markup) = rest.split_at_checked(at)?;
        out.push_str(content);
        was_opened &= content.is_empty();
        let (markup, after) = markup.split_at_checked(length(markup)?)?;
        rest = after;
        if markup.starts_with("</") && was_opened {
            out.pop();
            out.push_str("/>");
        } else if markup.starts_with("</") {
            out.push_str(markup.trim_end_matches('>').trim_end());
            out.push('>');
        } else if markup.starts_with("<!") || markup.starts_with("<?") {
            out.push_str(markup);
        } else {
            push_tag(&mut out, markup)?;
            was_opened = !markup.ends_with("/>");
            continue;
        }
        was_opened = false;
    }
    out.push_str(rest);
    Some(out)
}

/// The length of the markup at the start of a text.
fn length(text: &str) -> Option<usize> {
    let end = |end: &str| text.find(end).map(|at| at + end.len());
    if text.starts_with("<!--") {
        return end("-->");
    }
    if text.starts_with("<![CDATA[") {
        return end("]]>");
    }
    if text.starts_with("<?") {
        return end("?>");
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn push_tag(out: &mut String, tag: &str) -> Option<()> {
    let is_empty = tag.ends_with("/>");
    let tag = tag.strip_prefix('<')?.trim_end_matches('>').trim_end_matches('/');
    let name = tag.split(xml::is_whitespace).next()?;
    let mut declarations = String::new();
    let mut attributes = String::new();
    let mut rest = tag.strip_prefix(name)?.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next()?;
        let (value, after) = after.strip_prefix(quote)?.split_once(quote)?;
        let is_declaration = name.starts_with("xmlns");
        let part = if is_declaration { &mut declarations } else { &mut attributes };
        part.push_str(&format!(" {}=\"{}\"", name.trim_end(), value.replace('"', "&quot;")));
        rest = after.trim_start();
    }
    out.push_str(&format!(
        "<{name}{declarations}{attributes}{}",
        if is_empty { "/>" } else { ">" }
    ));
    Some(())
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
