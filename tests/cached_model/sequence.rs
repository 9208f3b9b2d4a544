//! One sequence: a document, a client with one or two copies of it, changes one after another, and
//! what may come between.

use std::net::SocketAddr;

use xcaplib::{CachedDocument, XCAPClient};

use crate::between::nature::Nature;
use crate::between::{self, Between, Event, Mishap};
use crate::check::{Call, Course, Finding};
use crate::edit::Edit;
use crate::generate::Rng;
use crate::marker::Markers;
use crate::rewrite::Rewrite;
use crate::usage::Usage;

/// Changes, and a look now and then.
const STEPS: usize = 30;
const MISHAPS: [Mishap; 12] = [
    Mishap::RequestLost,
    Mishap::AnswerLost,
    Mishap::AnswerCut,
    Mishap::ClosedAfter,
    Mishap::Status(500),
    Mishap::Status(502),
    Mishap::Status(503),
    Mishap::Status(504),
    Mishap::StatusAfter(500),
    Mishap::StatusAfter(502),
    Mishap::StatusAfter(503),
    Mishap::StatusAfter(504),
];

/// A server to run sequences against.
#[derive(Clone, Copy)]
pub(crate) struct Peer<'a> {
    pub(crate) address: SocketAddr,
    /// Whether it changes nodes as RFC 4825 says.
    pub(crate) is_conforming: bool,
    pub(crate) natures: &'a [Nature],
}

/// A copy, and whether its changes are to go out node by node.
struct Copy {
    document: CachedDocument,
    is_by_node: bool,
}

/// How the calls of a sequence ended.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) changes: usize,
    pub(crate) made: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, more: Self) {
        self.changes += more.changes;
        self.made += more.made;
    }
}

struct Sequence<'a> {
    peer: Peer<'a>,
    usage: Usage,
    rng: Rng,
    markers: Markers,
    between: Between,
    client: XCAPClient,
    copies: Vec<Copy>,
    /// Whether somebody else writes.
    has_writer: bool,
    /// Whether requests and answers are lost.
    has_mishaps: bool,
    /// Whether the connection that the client keeps may be closed.
    is_closed: bool,
    /// Whether the client knows what the server makes of conditions.
    is_learnt: bool,
    tally: Tally,
}

/// Runs the sequence of a seed, and gives what was found. What only failed is no end of it; after
/// worse than that, more would follow from it.
pub(crate) fn run(peer: Peer<'_>, seed: u64) -> (Tally, Vec<Finding>) {
    let mut sequence = Sequence::new(peer, seed);
    let mut findings = Vec::new();
    for _ in 0..STEPS {
        findings.extend(sequence.step().err());
        if findings.last().is_some_and(Finding::is_grave) {
            break;
        }
    }
    (sequence.tally, findings)
}

impl<'a> Sequence<'a> {
    fn new(peer: Peer<'a>, seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let usage = if rng.percent(65) { Usage::ResourceLists } else { Usage::PresenceRules };
        let path = format!("/xcap-root/{}/users/sip:alice@example.com/index", usage.auid());
        let between = Between::start(peer.address, &path, peer.natures);
        let mut markers = Markers::default();
        between.create(&usage.document(&mut rng, &mut markers));
        let client = XCAPClient::new(&between.root(), "sip:alice@example.com", None).unwrap();
        let (has_writer, has_mishaps) = (rng.percent(50), rng.percent(50));
        let mut sequence = Self {
            peer,
            usage,
            rng,
            markers,
            between,
            client,
            copies: Vec::new(),
            has_writer,
            has_mishaps,
            is_closed: false,
            is_learnt: false,
            tally: Tally::default(),
        };
        for _ in 0..1 + sequence.rng.below(2) {
            let copy = sequence.open();
            sequence.copies.push(copy);
        }
        sequence
    }

    fn open(&mut self) -> Copy {
        let retries = self.rng.pick(&[0, 3]);
        let document = self.client.open(self.usage.auid()).unwrap().retries(retries);
        let is_by_node = self.rng.percent(15);
        let document = if is_by_node { document.by_node(true) } else { document };
        Copy { document, is_by_node }
    }

    fn step(&mut self) -> Result<(), Finding> {
        self.between.begin();
        let was_closed = std::mem::take(&mut self.is_closed);
        let result = self.try_step(was_closed);
        self.is_closed |= was_closed && self.between.requests().is_empty();
        result
    }

    fn try_step(&mut self, was_closed: bool) -> Result<(), Finding> {
        let at = self.rng.below(self.copies.len());
        if self.rng.percent(5) {
            self.copies[at] = self.open();
        }
        let is_calm = self.disturb() && !was_closed;
        let Copy { document: copy, is_by_node } = &mut self.copies[at];
        if self.rng.percent(8) {
            let result = copy.refresh();
            return match result {
                Ok(_) => Call::refreshed(&self.between, copy),
                Err(error) if is_calm => Err(Finding::new("a refresh failed", error)),
                Err(_) => Ok(()),
            };
        }
        let edit = Edit::new(&mut self.rng, &mut self.markers, copy.text(), self.usage);
        let course = Course { is_calm, is_by_node: *is_by_node };
        let call = Call::make(&self.between, copy, edit, self.usage, course, self.peer);
        self.tally.changes += 1;
        self.tally.made += usize::from(call.is_ok());
        self.is_learnt |= call.is_answered();
        call.check(&self.between, copy)
    }

    /// Lets something come between, perhaps; whether nothing does.
    fn disturb(&mut self) -> bool {
        let mut natures = self.peer.natures.iter();
        let has_guard = natures.all(|nature| nature.honours_conditions());
        // On a server that ignores conditions, the first change of a client finds that out, and
        // nobody can see what comes in the second before it.
        if !has_guard && !self.is_learnt {
            return true;
        }
        if self.has_writer && self.rng.percent(25) {
            let rewrite = self.rewrite();
            self.between.write(rewrite);
        }
        let mut is_calm = true;
        // Between the look and the change, nothing guards there.
        if self.has_writer && has_guard && self.rng.percent(15) {
            let event = Event::Write(self.rewrite());
            self.between.plan(self.rng.below(4), event);
            is_calm = false;
        }
        if self.has_mishaps && self.rng.percent(25) {
            let mishap = self.rng.pick(&MISHAPS);
            self.is_closed = mishap == Mishap::ClosedAfter;
            self.between.plan(self.rng.below(4), Event::Mishap(mishap));
            is_calm = false;
        }
        is_calm
    }

    fn rewrite(&mut self) -> between::Rewrite {
        let rewrite = Rewrite::new(&mut self.rng, &mut self.markers);
        Box::new(move |text| Some(rewrite.of(text)).filter(|new| new != text))
    }
}
