//! One change of a copy, and what has to be true after it.

use std::fmt::{self, Display, Write as _};

use xcaplib::{CachedDocument, Error, Result};

use crate::between::nature::Nature;
use crate::between::{Author, Between, Request, Version};
use crate::edit::Edit;
use crate::effect;
use crate::marker::{self, missing};
use crate::sequence::Peer;
use crate::usage::Usage;

const DIFFERS: &str = "the copy is not stale and not the server's text of its ETag";
const OUTDATED: &str = "the copy is not stale and older than its own change";
const NOT_MADE: &str = "a change was said to be made and was not";
const MADE: &str = "a change was said not to be made and was";
const LOST: &str = "a change took away more than it was to";
const FAILED: &str = "a change failed that nothing stood against";
const STALE: &str = "the copy is stale after a change that went well";
const UNGUARDED: &str = "a change was sent that could not be guarded";
const WHOLE: &str = "a whole document was sent for a copy that works by nodes";
const REFUSED: &str = "a change that a conforming server refuses was sent";

/// What was found to be wrong, and all that is known of it.
#[derive(Debug)]
pub(crate) struct Finding {
    pub(crate) kind: &'static str,
    pub(crate) detail: String,
}

impl Finding {
    pub(crate) fn new(kind: &'static str, detail: impl Display) -> Self {
        Self { kind, detail: detail.to_string() }
    }

    /// Whether the copy or the document is wrong from here on.
    pub(crate) fn is_grave(&self) -> bool {
        [DIFFERS, OUTDATED, MADE, LOST].contains(&self.kind)
    }
}

/// What there is to a call beside the change itself.
#[derive(Clone, Copy)]
pub(crate) struct Course {
    /// Nothing comes between.
    pub(crate) is_calm: bool,
    /// The copy's changes go out node by node.
    pub(crate) is_by_node: bool,
}

/// A change that was tried.
pub(crate) struct Call<'a> {
    peer: Peer<'a>,
    edit: Edit,
    usage: Usage,
    course: Course,
    /// The copy was the document as it was.
    was_current: bool,
    /// The node that the copy had where the change was to go.
    target: String,
    /// The texts that the change was made of, and what came of them.
    made: Vec<(String, String)>,
    result: Result<()>,
    /// How many versions there were before.
    first: usize,
    requests: Vec<Request>,
}

impl<'a> Call<'a> {
    pub(crate) fn make(
        between: &Between,
        copy: &mut CachedDocument,
        edit: Edit,
        usage: Usage,
        course: Course,
        peer: Peer<'a>,
    ) -> Self {
        let versions = between.versions();
        let was_current = !copy.is_stale() && is_of(copy, versions.last().unwrap());
        let target = edit.target(copy.text(), usage).unwrap_or_default();
        let (result, made) = edit.make(copy, usage);
        let (first, requests) = (versions.len(), between.requests());
        Self { peer, edit, usage, course, was_current, target, made, result, first, requests }
    }

    pub(crate) fn is_ok(&self) -> bool {
        self.result.is_ok()
    }

    /// Whether the server made a change and said so: whatever there is to learn of it is learnt.
    /// What leaves the text as it was teaches nothing.
    pub(crate) fn is_answered(&self) -> bool {
        let is_change = self.made.last().is_some_and(|(before, after)| before != after);
        self.is_ok() && is_change && self.changes().next().is_some()
    }

    /// Whether the copy is what the document is, after a refresh that succeeded.
    pub(crate) fn refreshed(
        between: &Between,
        copy: &CachedDocument,
    ) -> std::result::Result<(), Finding> {
        let versions = between.versions();
        if !copy.is_stale() && is_of(copy, versions.last().unwrap()) {
            return Ok(());
        }
        let text = versions.last().unwrap();
        Err(Finding::new("a refresh did not bring the document", format!("{copy:?}\n{text:?}")))
    }

    /// The first thing that is not true.
    pub(crate) fn check(
        &self,
        between: &Between,
        copy: &CachedDocument,
    ) -> std::result::Result<(), Finding> {
        let versions = between.versions();
        let wrong = self
            .lost(&versions)
            .or_else(|| self.misguided())
            .or_else(|| self.unlike(&versions, copy))
            .or_else(|| self.untold(&versions, copy.is_stale()));
        match wrong {
            None => Ok(()),
            Some((kind, what)) => {
                Err(Finding::new(kind, format!("{what}{}", self.shown(&versions, copy))))
            }
        }
    }

    /// The versions that this call made, each with the one before it.
    fn own<'v>(&self, versions: &'v [Version]) -> Vec<(&'v Version, &'v Version)> {
        let pairs = versions.iter().zip(versions.iter().skip(1)).skip(self.first - 1);
        pairs.filter(|(_, version)| version.author == Author::Client).collect()
    }

    fn changes(&self) -> impl Iterator<Item = &Request> {
        self.requests.iter().filter(|request| !request.is_read())
    }

    /// What was in the document, was not to go, and is gone.
    fn lost(&self, versions: &[Version]) -> Option<(&'static str, String)> {
        let mut may_go = marker::of(&self.target);
        may_go.extend(self.made.iter().flat_map(|(before, after)| missing(before, after)));
        self.own(versions).into_iter().find_map(|(before, after)| {
            let mut gone = missing(&before.text, &after.text);
            gone.retain(|marker| !may_go.contains(marker));
            (!gone.is_empty()).then(|| (LOST, format!("lost: {gone:?}\n")))
        })
    }

    /// A request that should not have gone out.
    fn misguided(&self) -> Option<(&'static str, String)> {
        let is_sent = self.changes().next().is_some();
        let mut natures = self.peer.natures.iter();
        if is_sent && natures.any(|nature| !nature.has_strong_etags()) {
            return Some((UNGUARDED, String::new()));
        }
        if self.course.is_by_node && self.changes().any(|request| !request.is_node) {
            return Some((WHOLE, String::new()));
        }
        let is_refused = self.was_current && self.made.is_empty();
        (is_refused && (is_sent || self.is_ok())).then(|| (REFUSED, String::new()))
    }

    /// Whether the call ended as it had to, and said what it did.
    fn untold(&self, versions: &[Version], is_stale: bool) -> Option<(&'static str, String)> {
        let own = self.own(versions);
        match &self.result {
            Ok(()) => {
                let (before, after) = self.made.last()?;
                let is_by_node = self.changes().last().is_some_and(|request| request.is_node);
                if is_by_node && is_stale && !self.peer.is_conforming {
                    // Nobody could look at what the server made of it.
                    return None;
                }
                let version = own.last().map(|(_, version)| version.text.as_str());
                let is_exact = self.peer.natures.iter().all(|nature| nature.is_exact());
                // Otherwise the look at what the server made of it may have failed, or have come
                // late.
                let is_seen = is_exact && self.course.is_calm;
                effect::missing(&self.edit, before, after, version, is_seen, self.usage)
                    .map(|what| (NOT_MADE, what))
            }
            Err(error) if says_not_made(error) => {
                let is_made = own.iter().any(|(before, after)| before.text != after.text);
                is_made.then(|| (MADE, String::new())).or_else(|| self.failed())
            }
            Err(_) => self.failed(),
        }
    }

    /// An error where there was no reason for one.
    fn failed(&self) -> Option<(&'static str, String)> {
        let all = |is: fn(Nature) -> bool| self.peer.natures.iter().all(|nature| is(*nature));
        let takes_documents = !self.course.is_by_node && all(Nature::takes_documents);
        let is_possible = match self.edit {
            // Where conditions are ignored the node goes out, which many a server cannot change.
            Edit::Node(..) => {
                takes_documents && all(Nature::honours_conditions) || self.peer.is_conforming
            }
            Edit::Text(..) => takes_documents,
        };
        let is_possible = is_possible && all(Nature::has_strong_etags) && !self.made.is_empty();
        (self.course.is_calm && self.was_current && is_possible).then(|| (FAILED, String::new()))
    }

    /// Whether the copy is stale, or what it says it is.
    fn unlike(
        &self,
        versions: &[Version],
        copy: &CachedDocument,
    ) -> Option<(&'static str, String)> {
        if copy.is_stale() {
            let mut natures = self.peer.natures.iter();
            let has_etags = natures.all(|n| n.shown("\"\"", false, false).is_some());
            let is_needless = self.course.is_calm && self.is_ok() && has_etags;
            return is_needless.then(|| (STALE, String::new()));
        }
        let Some(at) = versions.iter().rposition(|version| is_of(copy, version)) else {
            return Some((DIFFERS, String::new()));
        };
        let is_unsure = self.result.as_ref().is_err_and(Error::is_transport);
        let own = versions.iter().rposition(|version| version.author == Author::Client);
        let own = own.filter(|own| *own >= self.first);
        let is_older = own.is_some_and(|own| at < own);
        (is_older && (self.is_ok() || is_unsure)).then(|| (OUTDATED, String::new()))
    }

    /// All that is needed to see what happened.
    fn shown(&self, versions: &[Version], copy: &CachedDocument) -> String {
        let mut out = String::new();
        let Self { edit, result, .. } = self;
        let sent: Vec<_> = self
            .requests
            .iter()
            .map(|request| {
                let what = if request.is_node { "node" } else { "document" };
                format!("{} {what}", request.method)
            })
            .collect();
        match edit {
            Edit::Node(selector, action) => {
                let bound: Vec<_> = selector.bindings().collect();
                writeln!(out, "edit:   {selector} {bound:?} {action:?}")
            }
            Edit::Text(rewrite) => writeln!(out, "edit:   update: {rewrite:?}"),
        }
        .unwrap();
        match result {
            Ok(()) => writeln!(out, "result: Ok"),
            Err(error) => writeln!(out, "result: {error}"),
        }
        .unwrap();
        writeln!(out, "sent:   {}", sent.join(", ")).unwrap();
        let (etag, is_stale) = (copy.etag().map(ToString::to_string), copy.is_stale());
        writeln!(out, "copy:   stale {is_stale}, {etag:?} {:?}", copy.text()).unwrap();
        for version in &versions[self.first - 1..] {
            let Version { etag, text, author } = version;
            writeln!(out, "server: {author:?}, {etag} {text:?}").unwrap();
        }
        out
    }
}

/// Whether the copy is this version; a tag is compared where there is one.
fn is_of(copy: &CachedDocument, version: &Version) -> bool {
    let is_tag = copy.etag().is_none_or(|etag| version.etag.trim_matches('"') == etag.opaque());
    is_tag && copy.text() == version.text
}

/// Whether an error says that the change was not made. What ends in a lost answer, or in an answer
/// of 500 and above, does not.
fn says_not_made(error: &Error) -> bool {
    let text = error.to_string();
    let words = ["not sent", "nothing was sent", "nothing was changed"];
    !text.contains("is not known")
        && (error.is_invalid_input()
            || error.is_precondition_failed()
            || error.status().is_some_and(|status| (400..500).contains(&status))
            || words.iter().any(|words| text.contains(words)))
}

impl Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.kind, self.detail)
    }
}
