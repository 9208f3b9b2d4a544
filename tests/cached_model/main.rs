//! Copies of documents against servers of every nature: sequences of changes, with another writer
//! and with mishaps on the way, and after every call what the copy promises.
//!
//! `XCAPLIB_SEED` sets the first seed, `XCAPLIB_SEQUENCES` how many sequences of up to 30 changes
//! there are for each server and nature. A failure says which seed to run again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test may"
)]

#[path = "../support/between.rs"]
mod between;
mod body;
mod check;
mod edit;
mod effect;
#[path = "../support/generate.rs"]
mod generate;
#[path = "../support/kamailio.rs"]
mod kamailio;
mod marker;
mod path;
mod rewrite;
mod sequence;
mod usage;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use between::nature::Nature;
use kamailio::{Kamailio, Mode};
use sequence::{Peer, Tally};
use xcaplib::testing::{Profile, Server};

const DEFAULT_SEED: u64 = 4825;
/// 26,000 changes in all, where Kamailio is installed.
const DEFAULT_SEQUENCES: u64 = 14;
/// How many findings of a kind are shown in full.
const SHOWN: usize = 2;

const NATURES: [&[Nature]; 17] = [
    &[],
    &[Nature::IgnoresConditions],
    &[Nature::IgnoresAllConditions],
    &[Nature::AddsLineEnds],
    &[Nature::AddsSpaces],
    &[Nature::IgnoresConditions, Nature::AddsLineEnds],
    &[Nature::RefusesDocuments(403)],
    &[Nature::RefusesDocuments(404)],
    &[Nature::RefusesDocuments(405)],
    &[Nature::RefusesDocuments(413)],
    &[Nature::RefusesDocuments(501)],
    &[Nature::RefusesDocuments(409)],
    &[Nature::RefusesGuardedDocuments(403)],
    &[Nature::NoETags],
    &[Nature::WeakETags],
    &[Nature::WeakAtFirst],
    &[Nature::NoETagsOfChanges],
];

#[test]
fn rfc_4825() {
    of_profile(Profile::Rfc4825);
}

#[test]
fn openxcap() {
    of_profile(Profile::OpenXcap);
}

#[test]
fn profile_of_kamailio() {
    of_profile(Profile::Kamailio);
}

#[test]
fn kamailio_itself() {
    let Some(server) = Kamailio::start(Mode::Open, false, &[("alice", "secret")]) else { return };
    let root = server.root();
    let address = root.trim_start_matches("http://").trim_end_matches("/xcap-root");
    run("kamailio_itself", address.parse().unwrap(), false);
}

fn of_profile(profile: Profile) {
    let server = Server::builder().profile(profile).start().unwrap();
    let name = match profile {
        Profile::Rfc4825 => "rfc_4825",
        Profile::OpenXcap => "openxcap",
        _ => "profile_of_kamailio",
    };
    run(name, server.address(), profile == Profile::Rfc4825);
}

fn number(name: &str, default: u64) -> u64 {
    let Ok(text) = std::env::var(name) else { return default };
    text.parse().unwrap_or_else(|_| panic!("{name} is not a number"))
}

/// Runs all sequences against a server, and fails with all that was found.
fn run(name: &str, address: SocketAddr, is_conforming: bool) {
    let seed = number("XCAPLIB_SEED", DEFAULT_SEED);
    let sequences = number("XCAPLIB_SEQUENCES", DEFAULT_SEQUENCES);
    let mut findings: BTreeMap<(&str, String), Vec<String>> = BTreeMap::new();
    let mut total = Tally::default();
    for (natures, salt) in NATURES.into_iter().zip(0_u64..) {
        let peer = Peer { address, is_conforming, natures };
        let mut of_nature = Tally::default();
        for seed in (0..sequences).map(|index| seed.wrapping_add(index)) {
            let (tally, found) = sequence::run(peer, seed ^ salt << 32);
            of_nature.add(tally);
            for finding in found {
                let kind = findings.entry((finding.kind, format!("{natures:?}"))).or_default();
                kind.push(format!("XCAPLIB_SEED={seed} XCAPLIB_SEQUENCES=1: {finding}"));
            }
        }
        println!("{name} {natures:?}: {of_nature:?}");
        // Many changes are to be made, or nothing is tried.
        let is_easy = natures.iter().all(|nature| {
            nature.has_strong_etags() && nature.takes_documents() && nature.honours_conditions()
        });
        let has_enough = of_nature.made * 3 > of_nature.changes || sequences < DEFAULT_SEQUENCES;
        assert!(has_enough || !is_easy || !findings.is_empty(), "{natures:?}: {of_nature:?}");
        total.add(of_nature);
    }
    println!("{name}: {total:?}");
    assert!(findings.is_empty(), "{name}: {total:?}{}", shown(&findings));
}

fn shown(findings: &BTreeMap<(&str, String), Vec<String>>) -> String {
    let mut out = String::new();
    for ((kind, natures), found) in findings {
        write!(out, "\n{:3} of {natures}: {kind}", found.len()).unwrap();
    }
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for ((kind, natures), found) in findings {
        for finding in found {
            let count = kinds.entry(kind).or_default();
            *count += 1;
            if *count <= SHOWN {
                write!(out, "\n\n{natures}\n{finding}").unwrap();
            }
        }
    }
    out
}
