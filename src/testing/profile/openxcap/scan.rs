//! Finds elements by scanning the text of the document.
//!
//! A parser reports where the tags begin, in bytes. The text is then searched from there, in
//! characters. Everything that this server does to elements in its own way follows from how it
//! finds the end of one:
//!
//! - For `<a>..</a>` the parser reports where `</a>` begins, and for `<a/>` where it is over. The
//!   server does not check which of the two it was. It looks for `</a>` in the text from there to
//!   the next tag that counts. If it finds one, the end moves to after the next `>`. It finds none
//!   if the end tag has white space or a prefix, or if there are characters beyond ASCII before it.
//! - A new element goes after its last sibling. The end of that sibling is found in the same way,
//!   except that the next tag that counts is the one after the parent. Without siblings, the new
//!   element goes to the reported end of the parent. For `<a/>` that is after the parent.
//!
//! The server checks the result afterwards: the selector has to find the body in the new text, or
//! nothing after a DELETE.

use roxmltree::{Document, Node};

use crate::testing::denial::Denial;
use crate::xml::{self, Source};

use super::answer::{failed, no_parent, not_found};
use super::steps::{Step, walk};

const NOT_INSERTED: &str = "PUT request failed GET(PUT(x))==x invariant";
const NOT_DELETED: &str = "DELETE request failed GET(DELETE(x))==404 invariant";

/// The text of the only element that the steps lead to, if there is one. Its end may be cut off.
pub(super) fn get(text: &str, steps: &[Step]) -> Result<Option<Vec<u8>>, Denial> {
    Ok(find(text, steps)?.map(|(start, end)| slice(text, start, end).to_vec()))
}

/// The document with the body in place of the element or as a new one, and whether it is new.
pub(super) fn put(text: &str, steps: &[Step], body: &str) -> Result<(String, bool), Denial> {
    let (start, end, is_new) = match find(text, steps)? {
        Some((start, end)) => (start, end, false),
        None => {
            let at = insertion(text, steps)?.ok_or_else(no_parent)?;
            (at, at, true)
        }
    };
    let new = [slice(text, 0, start), body.as_bytes(), slice(text, end, text.len())].concat();
    let new = String::from_utf8(new).map_err(|_| failed())?;
    if get(&new, steps)?.as_deref() != Some(body.trim_ascii().as_bytes()) {
        return Err(Denial::conflict("cannot-insert", NOT_INSERTED));
    }
    Ok((new, is_new))
}

/// The document without the element.
pub(super) fn delete(text: &str, steps: &[Step]) -> Result<String, Denial> {
    let (start, end) = find(text, steps)?.ok_or_else(|| not_found(""))?;
    let new = [slice(text, 0, start), slice(text, end, text.len())].concat();
    if new.is_empty() {
        return Err(not_found(""));
    }
    let new = String::from_utf8(new).map_err(|_| failed())?;
    match find(&new, steps)? {
        Some(_) => Err(Denial::conflict("cannot-delete", NOT_DELETED)),
        None => Ok(new),
    }
}

/// The bytes between two offsets, as far as they exist.
fn slice(text: &str, start: usize, end: usize) -> &[u8] {
    let end = end.min(text.len());
    text.as_bytes().get(start.min(end)..end).unwrap_or_default()
}

fn parse<'x>(source: &'x Source<'_>) -> Result<Document<'x>, Denial> {
    source.parse().map_err(|_| failed())
}

/// The range of the only element. Several elements are an error.
fn find(text: &str, steps: &[Step]) -> Result<Option<(usize, usize)>, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    if !may_be_first(steps) {
        return Ok(None);
    }
    match walk(&document, steps).as_slice() {
        [] => Ok(None),
        [element] => {
            Ok(Some((element.range().start, behind(text, *element, next_tag(text, *element)))))
        }
        _ => Err(failed()),
    }
}

/// Whether the first step may select the root element, of which there is only one.
fn may_be_first(steps: &[Step]) -> bool {
    steps.first().is_none_or(|step| step.position.is_none_or(|position| position == 1))
}

/// Where the parser reports an element's end: before `</a>`, or after `<a/>`.
fn told_end(text: &str, element: Node<'_, '_>) -> usize {
    let range = element.range();
    let element = text.get(range.clone()).unwrap_or_default();
    xml::end_tag(element).map_or(range.end, |at| range.start + at)
}

/// Where the next tag after an element begins. `None` after the root.
fn next_tag(text: &str, element: Node<'_, '_>) -> Option<usize> {
    match element.next_sibling_element() {
        Some(next) => Some(next.range().start),
        None => element.parent_element().map(|parent| told_end(text, parent)),
    }
}

/// Where an element ends for this server. It looks for the end tag before the offset `limit`.
/// Offsets are in bytes but are used as if they were in characters.
fn behind(text: &str, element: Node<'_, '_>, limit: Option<usize>) -> usize {
    let told = told_end(text, element);
    let length = limit.map_or(usize::MAX, |limit| limit.saturating_sub(told));
    let searched: String = text.chars().skip(told).take(length).collect();
    if !searched.contains(&format!("</{}>", element.tag_name().name())) {
        return told;
    }
    let closing = searched.chars().position(|c| c == '>').unwrap_or_default();
    told + closing + 1
}

/// The state of the search for the place of a new element.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Search {
    Looking,
    /// After a sibling. Another sibling may follow.
    Behind,
    Done,
    /// One place too many was found. The next place counts again.
    Many,
}

/// Where a new element goes. `None` if there is no parent. The search visits all elements that the
/// steps before the last one lead to.
fn insertion(text: &str, steps: &[Step]) -> Result<Option<usize>, Denial> {
    let source = Source::new(text);
    let document = parse(&source)?;
    let Some((last, above)) = steps.split_last() else { return Ok(None) };
    let is_root = steps.first().is_some_and(|first| first.is_named(document.root_element()));
    // The root element cannot be new. Its position would be looked up in a parent, which it does
    // not have.
    if above.is_empty() || steps.first().is_some_and(|first| first.position.is_some()) {
        return if is_root { Err(failed()) } else { Ok(None) };
    }
    let (mut search, mut place) = (Search::Looking, None);
    for parent in walk(&document, above) {
        for (sibling, number) in last.named(parent).into_iter().zip(1_i64..) {
            let next = match last.position {
                Some(1) if number == 1 => {
                    (search, place) = (Search::Done, Some(sibling.range().start));
                    continue;
                }
                Some(position) if position == number + 1 => Search::Done,
                Some(_) => continue,
                None => Search::Behind,
            };
            search = if search == Search::Done { Search::Many } else { next };
            let beyond = if last.position.is_some() { sibling } else { parent };
            place = Some(behind(text, sibling, next_tag(text, beyond)));
        }
        match search {
            Search::Behind => search = Search::Done,
            Search::Looking => (search, place) = (Search::Done, Some(told_end(text, parent))),
            Search::Done | Search::Many => {}
        }
    }
    if search == Search::Many { Err(failed()) } else { Ok(place) }
}
