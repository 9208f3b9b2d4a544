//! GET, PUT and DELETE on a text in memory: the laws of `tests/properties.rs`, with exact places.

#[path = "../support/generate.rs"]
mod generate;
#[path = "../support/naive.rs"]
mod naive;

use std::ops::Range;

use xcaplib::document::{self, Refusal, Selected};
use xcaplib::{NodeSelector, ResourceKind, Terminal};

use super::xml::is_well_formed;

/// Default namespace, selector, body and document, a 0x1E between them.
pub(crate) fn text(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut fields = text.splitn(4, '\u{1e}');
    let mut field = || fields.next().unwrap_or_default();
    let default_ns = Some(field()).filter(|namespace| !namespace.is_empty());
    let Ok(selector) = field().parse() else { return };
    let case = Case { default_ns, selector: &selector, body: field(), xml: field() };
    case.obeys_the_laws();
}

/// The choices of the generator of `tests/properties.rs`, and its naive implementation.
pub(crate) fn cases(data: &[u8]) {
    let generated = generate::case_of_choices(data);
    let generate::Case { xml, default_ns, selector, body, .. } = &generated;
    let case = Case { xml, default_ns: *default_ns, selector, body };
    case.obeys_the_laws();
    case.agrees_with_the_naive_one();
}

#[derive(Clone, Copy, Debug)]
struct Case<'x> {
    xml: &'x str,
    default_ns: Option<&'x str>,
    selector: &'x NodeSelector,
    body: &'x str,
}

/// Status and name of the conflict.
type Answer = (u16, Option<String>);

fn answer(refusal: &Refusal) -> Answer {
    let text = refusal.to_string();
    assert!(!text.is_empty() && !text.contains(|c: char| c.is_control()), "{text:?}");
    assert_eq!(refusal.status() == 409, refusal.conflict().is_some(), "{text}");
    (refusal.status(), refusal.conflict().map(|conflict| conflict.name().to_owned()))
}

impl<'x> Case<'x> {
    fn on(self, xml: &'x str) -> Self {
        Self { xml, ..self }
    }

    fn get(self) -> Result<Selected<'x>, Answer> {
        document::get(self.xml, self.selector, self.default_ns).map_err(|r| answer(&r))
    }

    fn put(self) -> Result<(String, bool), Answer> {
        document::put(self.xml, self.selector, self.body, self.default_ns)
            .map(|edit| (edit.text, edit.created))
            .map_err(|refusal| answer(&refusal))
    }

    fn delete(self) -> Result<String, Answer> {
        document::delete(self.xml, self.selector, self.default_ns).map_err(|r| answer(&r))
    }

    fn obeys_the_laws(self) {
        let found = self.get();
        if let Ok(found) = &found {
            self.is_what_stands_there(found);
        }
        self.stands_by_itself(&found);
        match self.put() {
            Ok((text, created)) => {
                assert_eq!(created, found.is_err(), "{self:?}");
                self.was_put(&found, &text);
            }
            Err((404, _)) => assert_eq!(found.as_ref().err(), Some(&(404, None)), "{self:?}"),
            Err(_) => {}
        }
        match (self.delete(), &found) {
            (Ok(text), Ok(found)) => self.was_deleted(found, &text),
            (Ok(_), Err(_)) => panic!("nothing was there to delete: {self:?}"),
            (Err((409 | 405, _)), Ok(_)) => {}
            (Err((405, _)), Err(_)) if self.selector.terminal() == Some(&Terminal::Namespaces) => {}
            (Err(refusal), found) => {
                assert_eq!(Some(&refusal), found.as_ref().err(), "{self:?}");
            }
        }
    }

    /// A PUT of what a GET gave changes nothing.
    fn is_what_stands_there(self, found: &Selected<'_>) {
        let body = match found.kind() {
            ResourceKind::NamespaceBindings => {
                assert!(is_well_formed(found.as_str()), "{found}: {self:?}");
                assert_eq!(self.put(), Err((405, None)), "{self:?}");
                return;
            }
            ResourceKind::Attribute => found.att_value().unwrap(),
            _ => found.as_str(),
        };
        assert_eq!(Case { body, ..self }.put(), Ok((self.xml.to_owned(), false)), "{self:?}");
    }

    /// With the declarations that it inherits, an element is a document of its own.
    fn stands_by_itself(self, found: &Result<Selected<'_>, Answer>) {
        let declared = document::get_with_namespaces(self.xml, self.selector, self.default_ns)
            .map_err(|refusal| answer(&refusal));
        match (&declared, found) {
            (Ok(declared), Ok(found)) if declared.kind() == ResourceKind::Element => {
                assert!(is_well_formed(declared.as_str()), "{declared}: {self:?}");
                assert!(declared.as_str().len() >= found.as_str().len(), "{declared}: {self:?}");
            }
            _ => assert_eq!(declared, *found, "{self:?}"),
        }
    }

    fn was_put(self, old: &Result<Selected<'_>, Answer>, text: &str) {
        assert!(is_well_formed(text), "{text:?}: {self:?}");
        let after = self.on(text);
        let new = after.get().unwrap_or_else(|answer| panic!("{answer:?} in {text:?}: {self:?}"));
        assert_eq!(new.as_str(), self.expected(), "{text:?}: {self:?}");
        assert_eq!(after.put(), Ok((text.to_owned(), false)), "{text:?}: {self:?}");

        let place = place(&new, text);
        let kept = match old {
            Ok(old) => {
                let old = self::place(old, self.xml);
                without(text, &place) == without(self.xml, &old) && place.start == old.start
            }
            Err(_) => self.kept_all_else(&new, text, place),
        };
        assert!(kept, "{text:?}: {self:?}");
    }

    /// What a GET gives after this body was put.
    fn expected(self) -> &'x str {
        let body = self.body.strip_prefix('\u{feff}').unwrap_or(self.body);
        if self.selector.terminal().is_none() {
            return body.trim_matches([' ', '\t', '\r', '\n']);
        }
        let inner = |quote| body.strip_prefix(quote)?.strip_suffix(quote);
        inner('"').or_else(|| inner('\'')).unwrap_or(body)
    }

    /// Whether the old text is what is left without what was created.
    fn kept_all_else(self, new: &Selected<'_>, text: &str, place: Range<usize>) -> bool {
        if new.kind() == ResourceKind::Attribute {
            // ` name="value"`, from behind the white space that was put before it.
            let start = text[..place.start].rfind(' ').unwrap();
            return without(text, &(start..place.end)) == self.xml;
        }
        let left = without(text, &place);
        // `<a/>` may have become `<a>..</a>`.
        let (before, after) = (&text[..place.start], &text[place.end..]);
        left == self.xml
            || before.strip_suffix('>').is_some_and(|before| {
                let tail = after.split_once('>').map_or("", |(_, tail)| tail);
                after.starts_with("</") && format!("{before}/>{tail}") == self.xml
            })
    }

    fn was_deleted(self, old: &Selected<'_>, text: &str) {
        assert!(is_well_formed(text), "{text:?}: {self:?}");
        assert_eq!(self.on(text).get().err(), Some((404, None)), "{text:?}: {self:?}");
        let mut place = place(old, self.xml);
        if old.kind() == ResourceKind::Attribute {
            let before = &self.xml[..place.start].trim_end_matches([' ', '\t', '\r', '\n', '=']);
            let name = before.rfind([' ', '\t', '\r', '\n']).unwrap();
            let gap = before[..name].trim_end_matches([' ', '\t', '\r', '\n']).len();
            place.start = gap;
        }
        assert_eq!(text, without(self.xml, &place), "{self:?}");
    }

    fn agrees_with_the_naive_one(self) {
        let naive = |refusal: naive::Refusal| {
            (refusal.status(), refusal.conflict().map(|conflict| conflict.name().to_owned()))
        };
        let Self { xml, selector, body, default_ns } = self;
        let put = naive::put(xml, selector, body, default_ns).map(|edit| (edit.text, edit.created));
        assert_eq!(self.put(), put.map_err(naive), "PUT; right is the naive one: {self:?}");
        let delete = naive::delete(xml, selector, default_ns).map_err(naive);
        assert_eq!(self.delete(), delete, "DELETE; right is the naive one: {self:?}");
        let get = naive::get(xml, selector, default_ns)
            .map(|found| found.as_str().to_owned())
            .map_err(naive);
        let found = self.get().map(|found| found.to_string());
        match (&found, &get) {
            (Ok(found), Ok(get)) if selector.terminal() == Some(&Terminal::Namespaces) => {
                assert_eq!(naive::bindings_of(found), naive::bindings_of(get), "{self:?}");
            }
            _ => assert_eq!(found, get, "GET; right is the naive one: {self:?}"),
        }
    }
}

/// Where in the text a node stands, an attribute's value with its quotes.
fn place(found: &Selected<'_>, text: &str) -> Range<usize> {
    let part = found.att_value().unwrap_or(found.as_str());
    let start = part.as_ptr() as usize - text.as_ptr() as usize;
    assert_eq!(&text[start..start + part.len()], part);
    start..start + part.len()
}

fn without(text: &str, place: &Range<usize>) -> String {
    [&text[..place.start], &text[place.end..]].concat()
}
