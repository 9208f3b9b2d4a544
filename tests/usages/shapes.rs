//! Each change of each shape leaves all other bytes as they were, and made twice it changes nothing.

use super::calls::cases::CALLS;
use super::cases::{CASES, Case};
use super::schema::assert_valid;

fn all() -> impl Iterator<Item = &'static Case> {
    CASES.iter().chain(CALLS)
}

#[test]
fn a_change_leaves_every_other_byte() {
    for case in all() {
        let expected = case.expected();
        for mut draft in case.drafts(&case.text()) {
            (case.call)(&mut draft).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
            assert_eq!(draft.text(), expected, "{}", case.name());
        }
    }
}

#[test]
fn a_change_made_twice_changes_nothing_the_second_time() {
    for case in all() {
        for mut draft in case.drafts(&case.expected()) {
            (case.call)(&mut draft).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
            assert_eq!(draft.text(), case.expected(), "{}", case.name());
        }
    }
}

#[test]
fn line_ends_of_two_bytes_stay() {
    for case in all() {
        let [text, expected] =
            [case.text(), case.expected()].map(|text| text.replace('\n', "\r\n"));
        for mut draft in case.drafts(&text) {
            (case.call)(&mut draft).unwrap_or_else(|error| panic!("{}: {error}", case.name()));
            assert_eq!(draft.text(), expected, "{}", case.name());
        }
    }
}

/// Those that were valid before are valid afterwards.
#[test]
fn what_a_change_makes_is_valid() {
    for usage in ["resource-lists", "rls-services"] {
        let of_usage = CASES.iter().filter(|case| case.usage == usage && case.is_valid());
        let documents: Vec<_> = of_usage.map(|case| (case.name(), case.expected())).collect();
        assert!(documents.len() > 10, "{} documents", documents.len());
        assert_valid(usage, &documents);
    }
}
