//! A change of a whole text: what `update` is given, and what another writer does.

use std::fmt;

use crate::generate::Rng;
use crate::marker::{self, Markers};

/// One change. It can be made of any text, and of another again.
#[derive(Clone)]
pub(crate) struct Rewrite {
    kind: Kind,
    /// Where, of several places.
    pick: usize,
    marker: String,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// What had one marker has another.
    Rename,
    /// A new element at the end of the root.
    Append,
    /// A comment before an end tag.
    Comment,
    /// The first such comment goes.
    Uncomment,
    /// The same document in other bytes.
    Respell,
    Nothing,
}

impl Rewrite {
    pub(crate) fn new(rng: &mut Rng, markers: &mut Markers) -> Self {
        let kind = rng.pick(&[
            Kind::Rename,
            Kind::Rename,
            Kind::Append,
            Kind::Append,
            Kind::Comment,
            Kind::Comment,
            Kind::Uncomment,
            Kind::Respell,
            Kind::Nothing,
        ]);
        Self { kind, pick: rng.below(1000), marker: markers.next() }
    }

    /// The new text; the same where there is nothing to change.
    pub(crate) fn of(&self, text: &str) -> String {
        self.changed(text).unwrap_or_else(|| text.to_owned())
    }

    fn changed(&self, text: &str) -> Option<String> {
        let marker = &self.marker;
        match self.kind {
            Kind::Rename => {
                let known = marker::of(text);
                let old = known.iter().nth(self.pick.checked_rem(known.len())?)?;
                Some(text.replace(old, marker))
            }
            Kind::Append => {
                let end = text.rfind("</")?;
                let root = text[end..].trim_start_matches("</").split('>').next()?;
                let (prefix, local) = root.rsplit_once(':').unwrap_or(("", root));
                let colon = if prefix.is_empty() { "" } else { ":" };
                let (name, id) = match local.trim() {
                    "resource-lists" => ("list", "name"),
                    _ => ("rule", "id"),
                };
                let element = format!("<{prefix}{colon}{name} {id}=\"{marker}\"/>");
                Some(inserted(text, end, &element))
            }
            Kind::Comment => {
                let ends: Vec<_> = text.match_indices("</").collect();
                let (at, _) = *ends.get(self.pick.checked_rem(ends.len())?)?;
                Some(inserted(text, at, &format!("<!--{marker}-->")))
            }
            Kind::Uncomment => {
                let (head, rest) = text.split_once("<!--k")?;
                let (_, tail) = rest.split_once("-->")?;
                Some(format!("{head}{tail}"))
            }
            Kind::Respell => {
                let respelt = text.replacen("\"/>", "\" />", 1);
                Some(if respelt == text { text.replacen('\n', "\r\n", 1) } else { respelt })
            }
            Kind::Nothing => None,
        }
    }
}

fn inserted(text: &str, at: usize, what: &str) -> String {
    let (head, tail) = text.split_at(at);
    format!("{head}{what}{tail}")
}

impl fmt::Debug for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} ({})", self.kind, self.marker, self.pick)
    }
}
