//! A text that grows at both ends.

use std::hash::{Hash, Hasher};

/// Text with room in front of it, so that adding there costs only what is added. When the room is
/// used up it is doubled, like the room at the end of a `String`.
#[derive(Clone)]
pub(crate) struct Growing {
    /// The room, filled with spaces, and then the text.
    text: String,
    start: usize,
}

impl Growing {
    pub(crate) fn new(text: String) -> Self {
        Self { text, start: 0 }
    }

    pub(crate) fn as_str(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.text.len() - self.start
    }

    pub(crate) fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.text.truncate(self.start + len);
    }

    pub(crate) fn push_front(&mut self, text: &str) {
        if self.start < text.len() {
            let room = self.len() + text.len();
            let mut roomy = String::with_capacity(room + self.text.len());
            roomy.extend(std::iter::repeat_n(' ', room));
            roomy.push_str(self.as_str());
            *self = Self { text: roomy, start: room };
        }
        let start = self.start - text.len();
        self.text.replace_range(start..self.start, text);
        self.start = start;
    }

    /// Inserts text. It moves either the text before it or the text after it, whichever is shorter.
    pub(crate) fn insert(&mut self, at: usize, text: &str) {
        if self.len() - at <= at {
            self.text.insert_str(self.start + at, text);
            return;
        }
        let mut front = self.as_str().get(..at).unwrap_or_default().to_owned();
        front.push_str(text);
        self.start += at;
        self.push_front(&front);
    }
}

impl PartialEq for Growing {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Growing {}

impl Hash for Growing {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_at_both_ends_and_within() {
        let mut text = Growing::new("é".to_owned());
        text.push_front("<ü>");
        text.push_str("</a>");
        text.push_front("");
        assert_eq!((text.as_str(), text.len()), ("<ü>é</a>", 10));
        text.insert(9, "b");
        text.insert(3, " c");
        assert_eq!(text.as_str(), "<ü c>é</ab>");
        text.insert(0, "0");
        text.insert(text.len(), "1");
        assert_eq!(text.as_str(), "0<ü c>é</ab>1");
        text.truncate(4);
        assert_eq!(text.as_str(), "0<ü");
    }

    #[test]
    fn the_room_is_no_part_of_it() {
        let mut text = Growing::new("b".to_owned());
        text.push_front("a");
        assert!(text == Growing::new("ab".to_owned()) && text != Growing::new(" ab".to_owned()));
    }
}
