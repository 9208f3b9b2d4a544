//! The plan of `src/`: a hall imports only the halls below it, a folder of the command line only
//! those before it, no files import each other in a circle, and no file is long. Imports are read
//! from the `use` lines and the paths in the code, and those of tests inside `src/` are left out.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The halls, from the ground up. Each may import those before it.
const HALLS: [&str; 10] = [
    "random",
    "text",
    "http_types",
    "xml",
    "answer",
    "selector",
    "document",
    "diff",
    "http",
    "client",
];

/// What stands on top: each imports any hall, and nothing imports it.
const TOPS: [&str; 3] = ["green", "testing", "usages"];

/// The folders of the command line, in the same order, on its one file beside them.
const FOLDERS: [&str; 7] = ["stderr", "args", "call", "show", "edit", "backup", "complete"];

/// The most lines that a file of `src/` has, its comments and tests included.
const MAX_LINES: usize = 500;

/// Arrows that close a circle and are meant to, each with its reason.
const ALLOWED: [(&str, &str, &str); 2] = [
    (
        "client/xcap_client.rs",
        "client/builder.rs",
        "a client is begun by its builder, which ends in it",
    ),
    (
        "client/inventory/directory.rs",
        "client/xcap_client.rs",
        "a client lists entries, and an entry is opened with a client",
    ),
];

/// One crate: its modules by path (`["client", "request"]`), each with its file and its code.
struct Crate {
    modules: BTreeMap<Vec<String>, Module>,
}

struct Module {
    file: String,
    code: String,
    /// What its `use` lines bind: the name, and the path from the crate's root.
    bound: Vec<(String, Vec<String>)>,
}

/// An arrow from a file to a file, with the path that draws it.
type Arrows = BTreeMap<(String, String), String>;

#[test]
fn a_hall_imports_only_halls_below_it() {
    check_order(arrows(&Crate::read("src", "lib.rs")), &HALLS, &TOPS);
}

#[test]
fn a_folder_of_the_command_line_imports_only_folders_before_it() {
    check_order(arrows(&Crate::read("src/bin/xcapclient", "main.rs")), &FOLDERS, &[]);
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    check_circles(arrows(&Crate::read("src", "lib.rs")), &ALLOWED);
    check_circles(arrows(&Crate::read("src/bin/xcapclient", "main.rs")), &[]);
}

#[test]
fn no_file_is_long() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut count, mut long) = (0, Vec::new());
    let mut folders = vec![folder.clone()];
    while let Some(at) = folders.pop() {
        for path in fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                count += 1;
                let lines = fs::read_to_string(&path).unwrap().lines().count();
                let file = path.strip_prefix(&folder).unwrap().display().to_string();
                long.extend((lines > MAX_LINES).then(|| format!("{file}: {lines} lines")));
            }
        }
    }
    assert!(count > 200, "{count} files were found");
    assert!(long.is_empty(), "more than {MAX_LINES} lines: {long:#?}");
}

#[test]
fn an_arrow_is_read_from_each_way_to_write_it() {
    let modules = [
        (&["a"][..], "use crate::b::{self, inner::Two};\nfn f() { b::one(); Two; }"),
        (&["b"], "mod inner;\npub(crate) use inner::one;"),
        (&["b", "inner"], "pub(crate) fn one() { super::super::a::f(); }\npub(crate) struct Two;"),
        (&["c"], "// crate::a::f\nfn g() {\n    crate::b::one(); // crate::a::f\n}"),
        (&["d"], "use super::c::g;\n#[cfg(test)]\nmod tests {\n    use crate::a;\n}"),
    ];
    let house = Crate::of(modules.iter().map(|(path, code)| {
        let path: Vec<String> = path.iter().map(ToString::to_string).collect();
        (path.clone(), format!("{}.rs", path.join("/")), (*code).to_owned())
    }));
    let found: Vec<_> =
        arrows(&house).into_keys().map(|(from, to)| format!("{from} {to}")).collect();
    assert_eq!(
        found,
        ["a.rs b/inner.rs", "b.rs b/inner.rs", "b/inner.rs a.rs", "c.rs b/inner.rs", "d.rs c.rs"]
    );
    let circle = std::panic::catch_unwind(|| check_circles(arrows(&house), &[]));
    assert!(circle.is_err());
    check_circles(arrows(&house), &[("b/inner.rs", "a.rs", "it is an example")]);
}

#[track_caller]
fn check_order(arrows: Arrows, halls: &[&str], tops: &[&str]) {
    let rank = |file: &str| {
        let hall = file.split('/').next().unwrap().trim_end_matches(".rs");
        let top = tops.contains(&hall).then_some(halls.len());
        let rank = top.or_else(|| halls.iter().position(|known| *known == hall));
        (rank.unwrap_or_else(|| panic!("{file} is in no hall")), hall.to_owned())
    };
    for ((from, to), path) in arrows {
        let ((from_rank, from_hall), (to_rank, to_hall)) = (rank(&from), rank(&to));
        assert!(
            from_hall == to_hall || to_rank < from_rank,
            "{from} imports {to} (`{path}`), which does not stand below it"
        );
    }
}

#[track_caller]
fn check_circles(mut arrows: Arrows, allowed: &[(&str, &str, &str)]) {
    for (from, to, _) in allowed {
        let removed = arrows.remove(&((*from).to_owned(), (*to).to_owned()));
        assert!(removed.is_some(), "{from} no longer imports {to}: take it off the list");
    }
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, _) in arrows.keys() {
        let (found, mut open) = (reached.entry(from).or_default(), vec![from.as_str()]);
        while let Some(at) = open.pop() {
            let next = arrows.keys().filter(|(from, _)| from == at).map(|(_, to)| to.as_str());
            open.extend(next.filter(|to| found.insert(to)));
        }
    }
    let is_in_circle = |from: &str, to: &str| reached.get(to).is_some_and(|r| r.contains(from));
    let left: Vec<_> = arrows
        .iter()
        .filter(|((from, to), _)| is_in_circle(from, to))
        .map(|((from, to), path)| format!("  {from} -> {to} (`{path}`)\n"))
        .collect();
    assert!(left.is_empty(), "files that import each other in circles:\n{}", left.concat());
}

fn arrows(house: &Crate) -> Arrows {
    let mut arrows = Arrows::new();
    for (at, module) in &house.modules {
        for path in module.paths(at, house) {
            let to = house.file_of(&path);
            if to != module.file && !to.is_empty() {
                arrows.entry((module.file.clone(), to)).or_insert_with(|| path.join("::"));
            }
        }
    }
    // The root names every hall, and nobody imports it: what it hands on is found where it is.
    arrows.retain(|(from, _), _| !matches!(from.as_str(), "lib.rs" | "main.rs"));
    arrows
}

impl Crate {
    fn read(folder: &str, root: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let mut files = Vec::new();
        collect(&folder, &folder, &mut files);
        Self::of(files.into_iter().filter(|file| file != "guide.rs").map(|file| {
            let code = fs::read_to_string(folder.join(&file)).unwrap();
            let path = file.trim_end_matches(".rs").trim_end_matches("/mod");
            let path =
                if file == root { vec![] } else { path.split('/').map(str::to_owned).collect() };
            (path, file, code)
        }))
    }

    fn of(files: impl Iterator<Item = (Vec<String>, String, String)>) -> Self {
        let mut modules: BTreeMap<_, _> = files
            .map(|(path, file, code)| (path, Module { file, code: stripped(&code), bound: vec![] }))
            .collect();
        let paths: BTreeSet<_> = modules.keys().cloned().collect();
        for (at, module) in &mut modules {
            let (code, uses) = split_uses(&module.code);
            module.code = code;
            module.bound = uses
                .into_iter()
                .filter_map(|(name, path)| Some((name, absolute(at, &path, &paths)?)))
                .collect();
        }
        Self { modules }
    }

    /// The file in which the thing at a path stands, wherever it is handed on.
    fn file_of(&self, path: &[String]) -> String {
        let mut at = Vec::new();
        for (index, name) in path.iter().enumerate() {
            at.push(name.clone());
            if self.modules.contains_key(&at) {
                continue;
            }
            at.pop();
            let Some(module) = self.modules.get(&at) else { return String::new() };
            // A function may have the name of a module that is bound beside it.
            let is_last = index + 1 == path.len();
            let handed_on = module.bound.iter().find(|(bound, target)| {
                bound == name && !(is_last && self.modules.contains_key(target))
            });
            return match handed_on {
                Some((_, target)) => {
                    let rest = path.get(index + 1..).unwrap_or_default();
                    self.file_of(&[target.as_slice(), rest].concat())
                }
                None => module.file.clone(),
            };
        }
        self.modules.get(&at).map(|module| module.file.clone()).unwrap_or_default()
    }
}

impl Module {
    /// All paths of the crate that the code names, from the crate's root.
    fn paths(&self, at: &[String], house: &Crate) -> BTreeSet<Vec<String>> {
        let modules: BTreeSet<_> = house.modules.keys().cloned().collect();
        let mut paths = BTreeSet::new();
        // A module that is bound counts by what is taken from it.
        paths.extend(
            self.bound.iter().map(|(_, path)| path).filter(|p| !modules.contains(*p)).cloned(),
        );
        for token in tokens(&self.code) {
            let Some((first, rest)) = token.split_first().filter(|(_, rest)| !rest.is_empty())
            else {
                continue;
            };
            let bound =
                self.bound.iter().find(|(name, path)| name == first && modules.contains(path));
            match bound {
                Some((_, path)) => {
                    paths.insert([path.as_slice(), rest].concat());
                }
                None => paths.extend(absolute(at, &token, &modules)),
            }
        }
        paths
    }
}

/// The path from the crate's root; `None` for what is of another crate.
fn absolute(
    at: &[String],
    path: &[String],
    modules: &BTreeSet<Vec<String>>,
) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "self" => Some([at, rest].concat()),
        "super" => {
            let mut base = at.to_vec();
            base.pop();
            let supers = rest.iter().take_while(|name| *name == "super").count();
            base.truncate(base.len() - supers);
            Some([base.as_slice(), rest.get(supers..)?].concat())
        }
        _ => {
            let child = [at, std::slice::from_ref(first)].concat();
            modules.contains(&child).then(|| [at, path].concat())
        }
    }
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        let name = entry.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        if entry.is_dir() && name != "bin" && !name.ends_with("tests") {
            collect(&entry, root, files);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            files.push(name);
        }
    }
}

/// The code without comments, without the tests at its end, and without what names a module only to
/// say who may see an item.
fn stripped(code: &str) -> String {
    let code = code.replace("pub(in crate::", "pub(in ");
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.map(|line| line.split(" // ").next().unwrap_or_default()).fold(
        String::new(),
        |mut text, line| {
            text.push_str(line);
            text.push('\n');
            text
        },
    )
}

/// The code without its `use` lines, and what these bind.
fn split_uses(code: &str) -> (String, Vec<(String, Vec<String>)>) {
    let (mut rest, mut uses, mut statement) = (String::new(), Vec::new(), None::<String>);
    for line in code.lines() {
        if statement.is_none() {
            let bare = line.trim_start();
            let bare = match bare.strip_prefix("pub") {
                Some(public) if public.starts_with(['(', ' ']) => public
                    .trim_start_matches(|c| c != ')' && c != ' ')
                    .trim_start_matches([')', ' ']),
                _ => bare,
            };
            statement = bare.strip_prefix("use ").map(|_| String::new());
        }
        match &mut statement {
            Some(text) => text.push_str(line),
            None => {
                rest.push_str(line);
                rest.push('\n');
            }
        }
        if let Some(text) = statement.take_if(|text| text.contains(';')) {
            let (_, tree) = text.split_once("use ").unwrap();
            expand(tree.split(';').next().unwrap(), &[], &mut uses);
        }
    }
    (rest, uses)
}

/// The names that a tree of a `use` line binds, and their paths.
fn expand(tree: &str, before: &[String], uses: &mut Vec<(String, Vec<String>)>) {
    let tree = tree.trim();
    if let Some((head, group)) = tree.split_once('{') {
        let base = [before, &segments(head.trim().trim_end_matches("::"))].concat();
        let (mut depth, mut start) = (0, 0);
        let group = group.rsplit_once('}').unwrap().0;
        for (at, c) in group.char_indices().chain([(group.len(), ',')]) {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    let part = group.get(start..at).unwrap();
                    if !part.trim().is_empty() {
                        expand(part, &base, uses);
                    }
                    start = at + 1;
                }
                _ => {}
            }
        }
        return;
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (tree, None),
    };
    let mut path = [before, &segments(path)].concat();
    if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
        path.pop();
    }
    let name = alias.unwrap_or_else(|| path.last().cloned().unwrap_or_default());
    uses.push((name, path));
}

fn segments(path: &str) -> Vec<String> {
    path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// The paths in some code, each as its segments.
fn tokens(code: &str) -> Vec<Vec<String>> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    code.split(|c| !is_part(c)).filter(|token| token.contains("::")).map(segments).collect()
}
