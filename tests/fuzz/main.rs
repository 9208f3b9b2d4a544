//! What fuzzing found and what it kept, through the targets of `fuzz/` again, without a fuzzer.
//!
//! `fuzz/README.md` says how files come to stand there.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod answers;
mod diff;
#[path = "../support/digest.rs"]
mod digest;
mod document;
mod error;
mod patch_cases;
mod selector;
mod server;
mod validation;
mod xml;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 13] = [
    ("answers", answers::answers),
    ("capabilities", answers::capabilities),
    ("challenges", answers::challenges),
    ("diff", diff::diff),
    ("document_cases", document::cases),
    ("document_text", document::text),
    ("patch", diff::patch),
    ("patch_cases", patch_cases::cases),
    ("selector_builder", selector::builder),
    ("selector_text", selector::text),
    ("selector_wire", selector::wire),
    ("validation", validation::body),
    ("xcap_error", answers::xcap_error),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).unwrap_or_else(|error| panic!("{directory:?}: {error}"));
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn names(paths: &[PathBuf]) -> BTreeSet<&str> {
    paths.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).collect()
}

/// Runs every file below `fuzz/{kind}/` through its target, and gives their directories.
fn replay(kind: &str) -> Vec<PathBuf> {
    let directories = entries(&root().join(kind));
    for directory in &directories {
        let name = directory.file_name().unwrap();
        let (_, target) = TARGETS
            .iter()
            .find(|(known, _)| name == *known)
            .unwrap_or_else(|| panic!("no target has the name of {directory:?}"));
        let files = entries(directory);
        assert!(!files.is_empty(), "{directory:?} is empty");
        for file in files {
            // Printed when the test fails.
            println!("{}", file.display());
            target(&fs::read(file).unwrap());
        }
    }
    directories
}

#[test]
fn what_was_found_stays_mended() {
    replay("regressions");
}

#[test]
fn what_was_kept_holds_for_every_target() {
    let directories = replay("kept");
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names(&directories), targets);
}

#[test]
fn every_target_is_one_of_the_fuzzer() {
    let targets: BTreeSet<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names(&entries(&root().join("fuzz_targets"))), targets);
}
