//! Small servers that treat nonces as real ones do.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::hash::Hash;
use super::super::params::{AuthParams, read_challenges};

pub(super) const REALM: &str = "example.com";

/// How a simulated server treats a nonce that it has seen before, and what it says about it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Kamailio: a growing nc up to 255, then a challenge, `stale=true` or not.
    Counted { stale: bool },
    /// OpenXCAP: once, then a 401 without a challenge.
    Once,
    /// Once, then a challenge, stale or not.
    OnceChallenged { stale: bool },
    /// Once, but every success names the next.
    NextNonce,
    /// Calls every nonce stale.
    NeverPleased,
}

pub(super) const COUNTED: Policy = Policy::Counted { stale: true };

pub(super) struct Server {
    policy: Policy,
    memory: Mutex<Memory>,
    requests: AtomicUsize,
    refused_puts: AtomicUsize,
}

struct Memory {
    password: &'static str,
    realm: &'static str,
    issued: u32,
    /// For each nonce the last nc, and how often it was used.
    nonces: HashMap<String, (u32, u32)>,
}

#[derive(Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) challenge: Option<String>,
    pub(super) info: Option<String>,
}

impl Server {
    pub(super) fn new(policy: Policy) -> Self {
        let memory = Memory { password: "secret", realm: REALM, issued: 0, nonces: HashMap::new() };
        Self {
            policy,
            memory: Mutex::new(memory),
            requests: AtomicUsize::new(0),
            refused_puts: AtomicUsize::new(0),
        }
    }

    pub(super) fn requests(&self) -> usize {
        self.requests.swap(0, Ordering::SeqCst)
    }

    pub(super) fn refused_puts(&self) -> usize {
        self.refused_puts.swap(0, Ordering::SeqCst)
    }

    pub(super) fn set_password(&self, password: &'static str) {
        self.memory.lock().unwrap().password = password;
    }

    pub(super) fn set_realm(&self, realm: &'static str) {
        self.memory.lock().unwrap().realm = realm;
    }

    pub(super) fn forget_nonces(&self) {
        self.memory.lock().unwrap().nonces.clear();
    }

    pub(super) fn answer(&self, method: &str, target: &str, authorization: Option<&str>) -> Answer {
        self.requests.fetch_add(1, Ordering::SeqCst);
        let answer = self.judge(method, target, authorization);
        if answer.status == 401 && method == "PUT" {
            self.refused_puts.fetch_add(1, Ordering::SeqCst);
        }
        answer
    }

    fn judge(&self, method: &str, target: &str, authorization: Option<&str>) -> Answer {
        let mut memory = self.memory.lock().unwrap();
        let Some(given) = authorization else {
            return memory.challenge("");
        };
        let given = read_challenges([given.as_bytes()].into_iter()).remove(0);
        let nonce = field(&given, "nonce");
        let nc = u32::from_str_radix(&field(&given, "nc"), 16).unwrap();
        let right = memory.accepts(&given, method, target);
        let seen = memory.nonces.get(&nonce).copied();
        let fresh = matches!(seen, Some((_, 0)));
        match self.policy {
            Policy::NeverPleased => return memory.challenge(", stale=true"),
            Policy::Counted { stale } => match seen {
                Some((last, _)) if nc > last && nc <= 255 && right => {}
                Some((last, _)) if nc > last && nc <= 255 => return memory.challenge(""),
                _ => return memory.challenge(if stale { ", stale=true" } else { "" }),
            },
            Policy::Once if fresh && right => {}
            Policy::Once => {
                return Answer { status: 401, ..Answer::default() };
            }
            Policy::OnceChallenged { .. } | Policy::NextNonce if fresh && right => {}
            Policy::OnceChallenged { stale: true } if !fresh => {
                return memory.challenge(", stale=true");
            }
            Policy::OnceChallenged { .. } | Policy::NextNonce => {
                return memory.challenge(", stale=false");
            }
        }
        memory.nonces.insert(nonce, (nc, 1));
        let info =
            (self.policy == Policy::NextNonce).then(|| format!("nextnonce=\"{}\"", memory.issue()));
        Answer { status: 200, challenge: None, info }
    }
}

impl Memory {
    fn issue(&mut self) -> String {
        self.issued += 1;
        let nonce = format!("MTc{}==", self.issued);
        self.nonces.insert(nonce.clone(), (0, 0));
        nonce
    }

    fn challenge(&mut self, more: &str) -> Answer {
        let (nonce, realm) = (self.issue(), self.realm);
        Answer {
            status: 401,
            challenge: Some(format!("Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=auth{more}")),
            info: None,
        }
    }

    fn accepts(&self, given: &AuthParams, method: &str, target: &str) -> bool {
        let hash = |text: String| Hash::Md5.hex(&[text.as_bytes()]);
        let key = hash(format!("alice:{}:{}", self.realm, self.password));
        let request = hash(format!("{method}:{target}"));
        let [nonce, nc, cnonce] = ["nonce", "nc", "cnonce"].map(|name| field(given, name));
        assert_eq!(field(given, "uri"), target);
        field(given, "response") == hash(format!("{key}:{nonce}:{nc}:{cnonce}:auth:{request}"))
    }
}

fn field(challenge: &AuthParams, name: &str) -> String {
    String::from_utf8(challenge.get(name).unwrap().to_vec()).unwrap()
}
