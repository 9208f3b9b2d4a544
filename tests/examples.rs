//! Every public item has an example that runs: its own, or one in the file of its type that uses
//! it. What the documentation hides needs none.
//!
//! The lint `unreachable_pub` sees to it that what is `pub` is public.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::fs;
use std::path::{Path, PathBuf};

/// A public item, and the code of its own examples.
struct Item {
    name: String,
    has_example: bool,
}

/// What the documentation in a file shows.
#[derive(Default)]
struct Documented {
    items: Vec<Item>,
    /// All examples that run.
    code: String,
}

impl Documented {
    fn read(text: &str) -> Self {
        let mut documented = Self::default();
        let mut examples = Examples::default();
        let mut is_hidden = false;
        for line in text.lines().map(str::trim_start) {
            if let Some(doc) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
                examples.take(doc);
            } else if line.starts_with("#[") {
                is_hidden |= line == "#[doc(hidden)]";
            } else {
                let has_example = !examples.code.is_empty();
                if let Some(name) = public_item(line).filter(|_| !is_hidden) {
                    documented.items.push(Item { name: name.to_owned(), has_example });
                }
                documented.code += &std::mem::take(&mut examples).code;
                is_hidden = false;
            }
        }
        documented
    }

    fn shows(&self, item: &Item) -> bool {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        item.has_example || self.code.split(|c| !is_word(c)).any(|word| word == item.name)
    }
}

/// The examples of one comment.
#[derive(Default)]
struct Examples {
    code: String,
    /// Whether the block that is open runs.
    open: Option<bool>,
}

impl Examples {
    fn take(&mut self, line: &str) {
        match (line.trim().strip_prefix("```"), self.open) {
            (Some(kind), None) => self.open = Some(matches!(kind, "" | "rust")),
            (Some(_), Some(_)) => self.open = None,
            (None, Some(true)) => self.code += &format!("{line}\n"),
            (None, _) => {}
        }
    }
}

fn public_item(line: &str) -> Option<&str> {
    let item = line.strip_prefix("pub ")?;
    let kinds = ["fn ", "const fn ", "struct ", "enum ", "type ", "trait "];
    let name = kinds.iter().find_map(|kind| item.strip_prefix(kind))?;
    name.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()
}

fn sources(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "bin") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

#[test]
fn every_public_item_has_an_example_that_runs() {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut count = 0;
    let mut without = String::new();
    for file in files {
        let documented = Documented::read(&fs::read_to_string(&file).unwrap());
        count += documented.items.len();
        for item in documented.items.iter().filter(|item| !documented.shows(item)) {
            without += &format!("{}: {}\n", file.display(), item.name);
        }
    }
    assert!(count > 300, "{count} public items were found");
    assert!(without.is_empty(), "without an example:\n{without}");
}

#[test]
fn an_example_counts_if_it_runs() {
    let text = "/// Does it.\n///\n/// ```\n/// by(other);\n/// ```\npub fn run() {}\n\
                /// ```no_run\n/// never();\n/// ```\npub fn never() {}\n    pub(crate) fn ours() {}\n\
                /// Shown above.\n#[must_use]\npub const fn other() {}\n\
                #[doc(hidden)]\npub fn hidden() {}\npub fn seen() {}\n";
    let documented = Documented::read(text);
    let shown: Vec<_> =
        documented.items.iter().map(|i| (i.name.as_str(), documented.shows(i))).collect();
    assert_eq!(shown, [("run", true), ("never", false), ("other", true), ("seen", false)]);
}
