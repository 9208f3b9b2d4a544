//! The one edit of a text.

use std::borrow::Cow;
use std::ops::Range;

/// A stretch of a document that is replaced.
#[derive(Debug)]
pub(crate) struct Splice<'n> {
    range: Range<usize>,
    /// Markup that the new text needs in front of it.
    before: String,
    new: Cow<'n, str>,
    /// Markup that it needs after it.
    after: String,
    /// Whether the stretch is in an element's content, where two texts may come to touch.
    in_content: bool,
}

impl<'n> Splice<'n> {
    /// A change of what an element holds.
    pub(crate) fn of_content(range: Range<usize>, new: impl Into<Cow<'n, str>>) -> Self {
        Self { in_content: true, ..Self::of_markup(range, new) }
    }

    /// A change of a tag, of a whole element, or outside the document element.
    pub(crate) fn of_markup(range: Range<usize>, new: impl Into<Cow<'n, str>>) -> Self {
        let (before, after) = (String::new(), String::new());
        Self { range, before, new: new.into(), after, in_content: false }
    }

    /// With markup around the new text.
    pub(crate) fn between(self, before: String, after: String) -> Self {
        Self { before, after, ..self }
    }

    /// The changed document.
    pub(crate) fn apply(&self, old: &str) -> String {
        let head = old.get(..self.range.start).unwrap_or_default();
        let tail = old.get(self.range.end..).unwrap_or_default();
        let mut text = [head, &self.before, &self.new, &self.after, tail].concat();
        if self.in_content {
            let end = text.len() - tail.len();
            mend(&mut text, end);
            mend(&mut text, head.len());
        }
        text
    }

    /// Where the new text stands in the changed document.
    pub(crate) fn inserted(&self) -> Range<usize> {
        let start = self.range.start + self.before.len();
        start..start + self.new.len()
    }
}

/// A document without some stretches of its elements' content. The ranges are in document order.
pub(crate) fn without(old: &str, ranges: &[Range<usize>]) -> String {
    let mut text = String::with_capacity(old.len());
    let mut joints = Vec::with_capacity(ranges.len());
    let mut at = 0;
    for range in ranges {
        text.push_str(old.get(at..range.start).unwrap_or_default());
        joints.push(text.len());
        at = range.end;
    }
    text.push_str(old.get(at..).unwrap_or_default());
    for joint in joints.into_iter().rev() {
        mend(&mut text, joint);
    }
    text
}

/// Keeps two texts that now touch at `joint` from meaning something else together. A `]]>` would
/// end a CDATA section that never began, and a CR and LF would be one line end. A lone CR means an
/// LF (XML 1.0 section 2.11), so it is written as one.
fn mend(text: &mut String, joint: usize) {
    for start in [joint.saturating_sub(2), joint.saturating_sub(1)] {
        let straddles = start < joint && start + 3 > joint;
        if straddles && text.get(start..start + 3) == Some("]]>") {
            text.replace_range(start + 2..start + 3, "&gt;");
        }
    }
    let (head, tail) = text.split_at_checked(joint).unwrap_or((text, ""));
    let line_ends = head.len() - head.trim_end_matches('\r').len();
    if line_ends > 0 && tail.starts_with('\n') {
        text.replace_range(joint - line_ends..joint, &"\n".repeat(line_ends));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(xml: &str, range: Range<usize>, new: &str, expected: &str) {
        assert_eq!(Splice::of_content(range, new.to_owned()).apply(xml), expected);
    }

    #[test]
    fn texts_between_which_several_stretches_stood_keep_their_meaning() {
        assert_eq!(without("<a>]<b/>]<b/>></a>", &[4..8, 9..13]), "<a>]]&gt;</a>");
        assert_eq!(without("<a>\r<b/>\r<b/>\n</a>", &[4..8, 9..13]), "<a>\n\n\n</a>");
        assert_eq!(without("<a>1<b/><b/>2</a>", &[4..8, 8..12]), "<a>12</a>");
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
