//! The links of the README, the changelog and the pages: each leads somewhere, on a forge as in the
//! crate's documentation. Nothing is fetched.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::iter;
use std::path::{Path, PathBuf};

use pulldown_cmark::{BrokenLink, Event, LinkType, Options, Parser, Tag, TagEnd};
use url::Url;
use xcaplib::Application;

const PAGES: [&str; 11] = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "docs/porting.md",
    "docs/xcapclient.md",
    "docs/errors.md",
    "docs/servers.md",
    "docs/embedded.md",
    "docs/limits.md",
    "docs/dependencies.md",
    "benches/README.md",
];

/// All places outside that a page leads to.
const OUTSIDE: [&str; 6] = [
    "https://docs.rs/xcaplib",
    "https://github.com/AGProjects/python3-xcaplib",
    "https://keepachangelog.com/en/1.1.0/",
    "https://semver.org/spec/v2.0.0.html",
    "https://www.rfc-editor.org/rfc/rfc4825",
    "https://www.rfc-editor.org/rfc/rfc5874",
];

/// What a page holds.
#[derive(Default)]
struct Page {
    links: Vec<Link>,
    /// The anchors of its headings.
    anchors: BTreeSet<String>,
    code: Vec<String>,
    undefined: Vec<String>,
}

struct Link {
    to: String,
    /// The label of a link that is defined elsewhere in the page.
    label: Option<String>,
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn parse(text: &str) -> Page {
    let mut page = Page::default();
    let mut undefined = Vec::new();
    let callback = |link: BrokenLink<'_>| {
        undefined.push(link.reference.to_string());
        None
    };
    let options = Options::ENABLE_TABLES;
    let mut heading: Option<String> = None;
    for event in Parser::new_with_broken_link_callback(text, options, Some(callback)) {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, id, .. }) => {
                let label = (link_type != LinkType::Inline).then(|| id.to_string());
                page.links.push(Link { to: dest_url.to_string(), label });
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                // A forge numbers the headings that say the same.
                let anchor = anchor(&heading.take().unwrap());
                let mut names = iter::once(anchor.clone())
                    .chain((1..).map(|number| format!("{anchor}-{number}")));
                names.find(|name| page.anchors.insert(name.clone())).unwrap();
            }
            Event::Text(text) => heading.iter_mut().for_each(|heading| heading.push_str(&text)),
            Event::Code(code) => {
                heading.iter_mut().for_each(|heading| heading.push_str(&code));
                page.code.push(code.to_string());
            }
            _ => {}
        }
    }
    page.undefined = undefined;
    page
}

/// As forges and rustdoc make it of a heading's text.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    heading.to_lowercase().chars().filter(kept).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn pages() -> BTreeMap<&'static str, Page> {
    PAGES.into_iter().map(|path| (path, parse(&read(path)))).collect()
}

/// The page, and the anchor in it, that a link from a page leads to.
fn target<'l>(from: &str, to: &'l str) -> (String, &'l str) {
    let (file, anchor) = to.split_once('#').unwrap_or((to, ""));
    if file.is_empty() {
        return (from.to_owned(), anchor);
    }
    let mut path: Vec<&str> =
        Path::new(from).parent().unwrap().to_str().unwrap().split('/').collect();
    path.retain(|part| !part.is_empty());
    for part in file.split('/') {
        match part {
            ".." => assert!(path.pop().is_some(), "{from}: {to} leaves the repository"),
            part => path.push(part),
        }
    }
    (path.join("/"), anchor)
}

fn is_outside(link: &Link) -> bool {
    link.to.contains("://") || link.to.starts_with("mailto:")
}

#[test]
fn every_link_inside_leads_somewhere() {
    let pages = pages();
    let mut seen = 0;
    for (from, page) in &pages {
        for link in page.links.iter().filter(|link| !is_outside(link)) {
            let (path, anchor) = target(from, &link.to);
            assert!(root().join(&path).is_file(), "{from}: there is no {path}");
            if !anchor.is_empty() {
                let found =
                    pages.get(path.as_str()).is_some_and(|page| page.anchors.contains(anchor));
                assert!(found, "{from}: no heading of {path} is #{anchor}");
            }
            seen += 1;
        }
    }
    assert!(seen > 0, "no links were found at all");
}

#[test]
fn every_page_is_linked() {
    let pages = pages();
    let linked: BTreeSet<String> =
        pages["README.md"].links.iter().map(|link| target("README.md", &link.to).0).collect();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = format!("docs/{}", entry.unwrap().file_name().into_string().unwrap());
        assert!(PAGES.contains(&path.as_str()), "{path} is not looked at here");
        assert!(linked.contains(&path), "the README has no link to {path}");
    }
}

#[test]
fn links_outside_are_known_and_https() {
    let mut known: BTreeSet<&str> = OUTSIDE.into_iter().collect();
    let pages = pages();
    for (from, page) in &pages {
        for link in page.links.iter().filter(|link| is_outside(link)) {
            let url =
                Url::parse(&link.to).unwrap_or_else(|error| panic!("{from}: {}: {error}", link.to));
            assert_eq!((url.scheme(), url.as_str()), ("https", link.to.as_str()), "{from}");
            assert!(
                OUTSIDE.contains(&url.as_str()),
                "{from}: {url} is not listed in tests/links.rs"
            );
            known.remove(url.as_str());
        }
    }
    assert!(known.is_empty(), "listed, and nowhere used: {known:?}");
}

#[test]
fn every_reference_is_defined() {
    for (path, page) in pages() {
        // A version's heading in the changelog stands in brackets.
        let is_version =
            |label: &String| path == "CHANGELOG.md" && page.anchors.contains(&anchor(label));
        let undefined: Vec<_> = page.undefined.iter().filter(|label| !is_version(label)).collect();
        assert!(undefined.is_empty(), "{path}: {undefined:?}");
    }
}

/// In the crate's documentation there are no files to lead to: each link to one has to be defined
/// by its label, and defined again before the page is included, where the first definition counts.
#[test]
fn links_to_files_are_items_in_the_documentation() {
    let guide = read("src/guide.rs");
    for (path, page) in pages() {
        let mut again = match path {
            "README.md" | "CHANGELOG.md" | "CONTRIBUTING.md" | "benches/README.md" => continue,
            path => definitions(&guide, path),
        };
        let links = page.links.iter().filter(|link| !is_outside(link) && !link.to.starts_with('#'));
        let wanted: BTreeMap<&str, String> = links
            .map(|link| {
                let label = link.label.as_deref();
                let label = label.unwrap_or_else(|| panic!("{path}: {} needs a label", link.to));
                (label, item(&target(path, &link.to)))
            })
            .collect();
        for (label, item) in wanted {
            let found = again.remove(label);
            assert_eq!(found, Some(item.as_str()), "{path}: [{label}] in the documentation");
        }
        assert!(again.is_empty(), "{path}: defined again, and not in the page: {again:?}");
    }
}

/// The definitions that stand in front of a page where it is included.
fn definitions<'s>(source: &'s str, path: &str) -> BTreeMap<&'s str, &'s str> {
    let include = format!("doc = include_str!(\"../{path}\")");
    let (before, _) =
        source.split_once(&include).unwrap_or_else(|| panic!("{path} is not included"));
    let lines = before.lines().rev().skip(1).map_while(|line| {
        let line = line.strip_prefix("//! ").or_else(|| line.strip_prefix("/// "))?;
        line.strip_prefix('[')?.split_once("]: ")
    });
    lines.collect()
}

/// What a file of the repository is in the documentation.
fn item((path, anchor): &(String, &str)) -> String {
    let item = match path.strip_prefix("docs/").and_then(|name| name.strip_suffix(".md")) {
        Some(page) => format!("crate::guide::{page}"),
        None => panic!("{path} is not in the documentation"),
    };
    if anchor.is_empty() { item } else { format!("{item}#{anchor}") }
}

#[test]
fn files_that_are_named_are_there() {
    let parts = ["examples/", "tests/", "src/", "docs/", ".ci/"];
    for (path, page) in pages() {
        let named = page.code.iter().filter(|code| parts.iter().any(|part| code.starts_with(part)));
        for code in named {
            assert!(root().join(code).exists(), "{path}: there is no {code}");
        }
    }
}

/// A file without the folders above it is in the folder that was named last.
#[test]
fn files_that_contributing_names_are_there() {
    let (mut folder, mut seen) = (String::new(), 0);
    for code in parse(&read("CONTRIBUTING.md")).code {
        if root().join(&code).is_dir() {
            folder = code;
        } else if code.ends_with(".rs") || code.ends_with('/') {
            let within = format!("{folder}{code}");
            assert!(
                root().join(&code).exists() || root().join(&within).exists(),
                "there is neither {code} nor {within}"
            );
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} files are named");
}

#[test]
fn the_table_of_application_usages_is_the_registry() {
    let page = read("docs/porting.md");
    for usage in Application::registry() {
        let row = format!("| `{}` | `{}` | `{}`", usage.auid, usage.media_type, usage.filename);
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn an_anchor_is_what_forges_make_of_a_heading() {
    for (heading, expected) in [
        ("What it does not do", "what-it-does-not-do"),
        ("404: nothing is there", "404-nothing-is-there"),
        ("no-parent: create the parents", "no-parent-create-the-parents"),
    ] {
        assert_eq!(anchor(heading), expected);
    }
}
