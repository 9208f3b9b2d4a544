//! Where two pieces of content come to touch.

/// Keeps two texts that now touch at `joint` from meaning something else together: a `]]>` would end a
/// CDATA section that never began, and a CR and LF would be one line end. A CR alone means an LF
/// (XML 1.0 section 2.11), and is written as one.
pub(crate) fn mend(text: &mut String, joint: usize) {
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
