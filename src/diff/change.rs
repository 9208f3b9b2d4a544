//! One change of a text.

use std::ops::Range;

use crate::xml;

/// A stretch of a document that something else takes the place of.
#[derive(Debug)]
pub(super) struct Change {
    range: Range<usize>,
    new: String,
    /// Whether the stretch stands in an element's content, where texts may come to touch.
    in_content: bool,
}

impl Change {
    /// A change of what an element holds.
    pub(super) fn of_content(range: Range<usize>, new: String) -> Self {
        Self { range, new, in_content: true }
    }

    /// A change of a tag, or beside the document element.
    pub(super) fn of_markup(range: Range<usize>, new: String) -> Self {
        Self { range, new, in_content: false }
    }

    /// The changed document.
    pub(super) fn apply(&self, old: &str) -> String {
        let head = old.get(..self.range.start).unwrap_or_default();
        let tail = old.get(self.range.end..).unwrap_or_default();
        let mut text = [head, &self.new, tail].concat();
        if self.in_content {
            xml::mend(&mut text, head.len() + self.new.len());
            xml::mend(&mut text, head.len());
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(xml: &str, range: Range<usize>, new: &str, expected: &str) {
        assert_eq!(Change::of_content(range, new.to_owned()).apply(xml), expected);
    }

    #[test]
    fn texts_that_touch_keep_their_meaning() {
        check("<a>]]<b/>></a>", 5..9, "", "<a>]]&gt;</a>");
        check("<a>]<b/>></a>", 4..8, "]", "<a>]]&gt;</a>");
        check("<a>]]</a>", 5..5, ">x", "<a>]]&gt;x</a>");
        check("<a>]</a>", 4..4, "]>x", "<a>]]&gt;x</a>");
        check("<a>\r<b/>\n</a>", 4..8, "", "<a>\n\n</a>");
        check("<a>\r\r</a>", 5..5, "\n", "<a>\n\n\n</a>");
        check("<a>\r\n</a>", 5..5, "\n", "<a>\r\n\n</a>");
        check("<a>é<b/>é</a>", 5..9, "", "<a>éé</a>");
        check("<a><![CDATA[]]></a>", 15..15, ">", "<a><![CDATA[]]>></a>");
    }
}
