//! What most XCAP traffic is about, without XML (feature `usages`).
//!
//! Each type is a thin view over a [`Draft`](crate::document::Draft): it reads and changes what it
//! knows by the draft's selectors, and leaves every other byte of the document as it is. What a
//! phone has written there and this crate does not know stays: extensions, comments, prefixes and
//! white space. A change that is made twice changes nothing the second time, so nothing is sent.

mod presence_rules;
mod uri;

pub use presence_rules::{Handling, PresenceRule, PresenceRules, PresenceRuleset};
