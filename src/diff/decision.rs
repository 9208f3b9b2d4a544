//! What a diff means for a copy of a document (RFC 5874 section 3, figure 1).

use std::borrow::Cow;

use crate::answer::ETag;

use super::aim::{self, Aim};
use super::error::PatchError;
use super::report::DocumentReport;
use super::steps::{Steps, is_named};
use super::work::Work;
use super::xcap_diff::XcapDiff;

/// What to do with a copy of a document, as [`XcapDiff::decide`] says.
///
/// ```
/// use xcaplib::ETag;
/// use xcaplib::diff::{Decision, FetchReason, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// // The diff removes the note of version `a`.
/// let index = "tests/users/sip:joe@example.com/index";
/// let decide = |etag, text| diff.decide(index, ETag::new(etag).as_ref(), text);
/// assert!(matches!(decide("a", "<doc><note/></doc>"), Decision::Patched { text, .. } if text == "<doc></doc>"));
/// assert!(matches!(decide("b", "<doc></doc>"), Decision::Unchanged { .. }));
/// assert_eq!(decide("0", "<doc/>"), Decision::Fetch(FetchReason::OtherVersion));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The document changed, and this is what it is now.
    Patched {
        /// The document.
        text: String,
        /// Its ETag.
        etag: ETag,
    },
    /// The copy is what the document is now.
    Unchanged {
        /// The ETag of the document, which may be new (`<body-not-changed>`).
        etag: ETag,
    },
    /// The copy is out of date, and the diff does not say enough to mend it: read the document
    /// again.
    Fetch(FetchReason),
    /// The document was removed.
    Gone,
    /// The document was created, or is listed, with an ETag that is not the copy's: read the
    /// document.
    Created {
        /// The document's ETag.
        etag: ETag,
    },
    /// The diff is about other documents.
    Other,
}

/// Why a document has to be read again.
///
/// ```
/// use xcaplib::ETag;
/// use xcaplib::diff::{Decision, FetchReason, XcapDiff};
///
/// # let diff = xcaplib::testing::example_diff()?;
/// // The copy has the right ETag and another text.
/// let decision = diff.decide("tests/users/sip:joe@example.com/index", ETag::new("a").as_ref(), "<doc/>");
/// let Decision::Fetch(FetchReason::PatchFailed(error)) = decision else { panic!() };
/// assert!(error.to_string().contains("no node matches"));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FetchReason {
    /// The diff does not show what changed.
    NoPatch,
    /// The diff tells of a change of another version than that of the copy, or the copy has no
    /// ETag.
    OtherVersion,
    /// The patch does not fit the copy. RFC 5874 section 6 advises to end the session by which the
    /// diff came.
    PatchFailed(PatchError),
    /// The diff names no ETag, one ETag for two versions, or a combination that RFC 5874 does not
    /// know.
    Inconsistent,
}

impl XcapDiff {
    /// What the diff means for a copy of a document.
    ///
    /// `document` is the path of the copy's document below the XCAP root, as
    /// [`Request::path`](crate::Request::path) returns it, or its URL, if that is below
    /// [`xcap_root`](Self::xcap_root). `etag` and `text` are those of the copy. Several reports on
    /// one document are read in their order, beginning with the one that fits the copy's ETag.
    /// ETags are compared byte for byte, with or without quotes.
    ///
    /// A report is also about the document if it names it by an absolute URI, below
    /// [`xcap_root`](Self::xcap_root) or with its scheme and host. If it names a node in the
    /// document, the document has to be fetched.
    ///
    /// ```
    /// use xcaplib::ETag;
    /// use xcaplib::diff::{Decision, XcapDiff};
    ///
    /// let diff = XcapDiff::parse(
    ///     r#"<d:xcap-diff xmlns:d="urn:ietf:params:xml:ns:xcap-diff" xcap-root="http://xcap.example.com/">
    ///     <d:document sel="tests/users/sip:joe@example.com/index" previous-etag="a" new-etag="b">
    ///       <d:add sel="*"><foo/></d:add>
    ///     </d:document></d:xcap-diff>"#,
    /// )?;
    /// let index = "tests/users/sip:joe@example.com/index";
    /// let etag = ETag::new("\"a\"");
    /// let Decision::Patched { text, etag } = diff.decide(index, etag.as_ref(), "<doc/>") else { panic!() };
    /// assert_eq!(text, "<doc><foo/></doc>");
    /// assert_eq!(etag.to_string(), "\"b\"");
    /// // It is no news to the copy that it made.
    /// assert_eq!(diff.decide(index, Some(&etag), &text), Decision::Unchanged { etag });
    /// assert_eq!(diff.decide("tests/global/index", None, ""), Decision::Other);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn decide(&self, document: &str, etag: Option<&ETag>, text: &str) -> Decision {
        let steps = Steps::default();
        self.judge(&CopyState { document, root: None, etag, is_stale: false, text, steps: &steps })
            .0
    }

    /// The decision for a held copy of a document. Also returns the steps that lead to a `Patched`
    /// or `Unchanged` copy.
    pub(crate) fn judge(&self, held: &CopyState<'_>) -> (Decision, Steps) {
        let mut copy = Copy::of(held);
        let roots: Vec<&str> = held.root.into_iter().chain([self.xcap_root()]).collect();
        let mut state = None;
        let mut tip = None;
        for report in self.documents() {
            let Some(aim) = aim::of(report.selector(), held.document, &roots) else { continue };
            state = Some(copy.next(state, tip, report, aim));
            tip = report.new_etag();
        }
        match state {
            Some(state) => copy.decision(state),
            None => (Decision::Other, Steps::default()),
        }
    }
}

/// The state of a held copy.
pub(crate) struct CopyState<'t> {
    /// Its path below the XCAP root.
    pub(crate) document: &'t str,
    /// The XCAP root that it was read from, in addition to the root that the diff names.
    pub(crate) root: Option<&'t str>,
    /// The ETag of the text.
    pub(crate) etag: Option<&'t ETag>,
    /// Whether the server's document may differ from the text.
    pub(crate) is_stale: bool,
    pub(crate) text: &'t str,
    /// The changes that the text went through.
    pub(crate) steps: &'t Steps,
}

/// The result of the reports so far.
enum State<'r> {
    /// The copy is the current document.
    Current,
    Gone,
    Created(&'r str),
    Stale(FetchReason),
}

/// The copy, as far as the reports could be applied.
struct Copy<'t> {
    etag: Option<ETag>,
    /// Whether the text belongs to its ETag but the document may have changed since.
    is_stale: bool,
    text: Cow<'t, str>,
    is_patched: bool,
    /// The changes before this diff.
    steps: &'t Steps,
    /// The changes by the reports of this diff.
    walked: Steps,
    work: Work,
}

impl<'t> Copy<'t> {
    fn of(held: &CopyState<'t>) -> Self {
        // A weak tag cannot tell whether a stale copy equals the document byte for byte.
        let etag = held.etag.filter(|etag| !held.is_stale || !etag.is_weak());
        Self {
            etag: etag.cloned(),
            is_stale: held.is_stale,
            text: Cow::Borrowed(held.text),
            is_patched: false,
            steps: held.steps,
            walked: Steps::default(),
            work: Work::of(held.text),
        }
    }

    /// `tip` is the ETag after the previous report.
    fn next<'r>(
        &mut self,
        state: Option<State<'r>>,
        tip: Option<&str>,
        report: &'r DocumentReport,
        aim: Aim,
    ) -> State<'r> {
        match (report.previous_etag(), report.new_etag()) {
            (None, None) => State::Stale(FetchReason::Inconsistent),
            (Some(previous), Some(_)) if self.is_at(previous) && aim == Aim::Part => {
                State::Stale(FetchReason::NoPatch)
            }
            (Some(previous), Some(new)) if self.is_at(previous) => self.change(report, new),
            (_, Some(new)) if self.is(new) => {
                self.is_stale = false;
                State::Current
            }
            (None, Some(new)) => State::Created(new),
            // A removed node does not mean that the document is gone.
            (Some(_), None) if aim == Aim::Part => State::Stale(FetchReason::NoPatch),
            (Some(previous), None) if self.is_at(previous) || tip == Some(previous) => State::Gone,
            (Some(_), None) => State::Stale(FetchReason::OtherVersion),
            (Some(previous), Some(new)) if !self.is_stale && self.steps.has(previous, new) => {
                state.unwrap_or(State::Current)
            }
            (Some(previous), Some(new)) => match state {
                Some(State::Created(_)) if tip == Some(previous) => State::Created(new),
                Some(State::Stale(reason)) if tip == Some(previous) => State::Stale(reason),
                _ => State::Stale(FetchReason::OtherVersion),
            },
        }
    }

    /// Applies a change of exactly the copy's version.
    fn change<'r>(&mut self, report: &DocumentReport, new: &str) -> State<'r> {
        match (report.is_body_not_changed(), report.operations().is_empty()) {
            (false, true) => return State::Stale(FetchReason::NoPatch),
            (true, false) => return State::Stale(FetchReason::Inconsistent),
            // Otherwise one ETag would mean two texts, and the same diff would fit again and again.
            (false, false) if self.is(new) => return State::Stale(FetchReason::Inconsistent),
            (true, true) => {}
            (false, false) => match report.apply_within(&self.text, &mut self.work) {
                Ok(text) => {
                    self.text = Cow::Owned(text);
                    self.is_patched = true;
                }
                Err(error) => return State::Stale(FetchReason::PatchFailed(error)),
            },
        }
        let after = self.etag_of(new);
        let before = std::mem::replace(&mut self.etag, after);
        if let (Some(before), Some(after)) = (before, &self.etag) {
            self.walked.push(before, after.clone());
        }
        State::Current
    }

    /// Whether the text belongs to this ETag.
    fn is(&self, named: &str) -> bool {
        self.etag.as_ref().is_some_and(|etag| is_named(etag, named))
    }

    /// Whether this is the last known ETag of the document, and the copy is of that version.
    fn is_at(&self, named: &str) -> bool {
        !self.is_stale && self.is(named)
    }

    /// The ETag that the diff names. It gets quotes, unless this server does without them.
    fn etag_of(&self, named: &str) -> Option<ETag> {
        let is_bare = |etag: &ETag| !etag.is_weak() && etag.to_string() == etag.opaque();
        match &self.etag {
            Some(etag) if is_bare(etag) && !named.starts_with("W/") => ETag::new(named),
            _ => ETag::from_attribute(named),
        }
    }

    fn decision(self, state: State<'_>) -> (Decision, Steps) {
        let inconsistent = Decision::Fetch(FetchReason::Inconsistent);
        let decision = match state {
            State::Gone => Decision::Gone,
            State::Stale(reason) => Decision::Fetch(reason),
            State::Created(new) => {
                self.etag_of(new).map_or(inconsistent, |etag| Decision::Created { etag })
            }
            State::Current => match self.etag {
                Some(etag) if self.is_patched => {
                    Decision::Patched { text: self.text.into_owned(), etag }
                }
                Some(etag) => Decision::Unchanged { etag },
                None => inconsistent,
            },
        };
        (decision, self.walked)
    }
}
