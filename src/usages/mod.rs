//! The documents that most XCAP traffic is about, without XML (feature `usages`).
//!
//! Each type is a thin view of a [`Draft`](crate::document::Draft). It reads and changes what it
//! knows, by the draft's selectors, and leaves every other byte of the document as it is. If a
//! phone has written something that this crate does not know, that stays: extensions, comments,
//! prefixes and white space. If a change is made twice, the second time changes nothing, so nothing
//! is sent.
//!
//! `of` returns the view, for the closure of [`CachedDocument::edit`](crate::CachedDocument::edit).
//! `read` returns the content of a document as plain data, and `empty` is a document to begin with.
//!
//! ```
//! use xcaplib::usages::{Divert, Handling, PresenceRules, ResourceLists, RlsServices, SimServs};
//!
//! # let server = xcaplib::testing::Server::start()?;
//! # let client = server.client("sip:alice@example.com")?;
//! let mut copy = client.request("resource-lists").open_or_insert(ResourceLists::empty())?.retries(5);
//! copy.edit(|draft| {
//!     let mut friends = ResourceLists::of(draft)?.list("friends")?;   // made where it is missing
//!     friends.set("sip:bob@example.com", Some("Bob & co"))?;          // added, or renamed in place
//!     friends.remove("sip:eve@example.com")?;                         // Ok(false) where it is not
//!     Ok(())
//! })?;
//! if let Some(friends) = ResourceLists::read(copy.text())?.list("friends") {
//!     for buddy in friends.entries() {
//!         println!("{} {:?}", buddy.uri(), buddy.display_name());
//!     }
//! }
//!
//! let mut rules = client.request("pres-rules").open_or_insert(PresenceRules::empty())?.retries(5);
//! rules.edit(|draft| PresenceRules::of(draft)?.set("sip:bob@example.com", Handling::Block))?;
//! let seen_by_bob = PresenceRules::read(rules.text())?.handling("sip:bob@example.com");
//! assert_eq!(seen_by_bob, Some(Handling::Block));     // None: no rule is about him
//!
//! let mut services = client.request("rls-services").open_or_insert(RlsServices::empty())?.retries(5);
//! services.edit(|draft| {
//!     let service = RlsServices::of(draft)?.service("sip:alices-friends@example.com")?;
//!     service.packages(["presence"])?.list()?.set("sip:bob@example.com", None)?;
//!     Ok(())
//! })?;
//!
//! let mut calls = client.request("simservs.ngn.etsi.org").open_or_insert(SimServs::empty())?.retries(5);
//! calls.edit(|draft| {
//!     let mut calls = SimServs::of(draft)?;
//!     calls.divert(Divert::Busy, "sip:voicemail@example.com")?;
//!     calls.no_answer_after(std::time::Duration::from_secs(20))?;
//!     calls.stop_diverting(Divert::Always)
//! })?;
//! let when_busy = SimServs::read(calls.text())?.diversion(Divert::Busy).map(str::to_owned);
//! assert_eq!(when_busy.as_deref(), Some("sip:voicemail@example.com"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each change takes time in proportion to the size of the document, since a draft is parsed anew
//! with every change. If you fill a list with thousands of contacts, write the document at once.
//!
//! New elements are written without white space, with the prefixes that the document uses. Names
//! and URIs may be any text. If XML cannot hold it, or if it is not a URI, it is refused before
//! anything is changed.

mod child;
mod kind;
mod list;
mod list_data;
mod policy;
mod presence_rules;
mod resource_lists;
mod rls_services;
mod root;
mod service;
mod services_data;
mod simservs;
mod uri;
mod value;

pub use list::List;
pub use list_data::{Entry, ListData, Member, Reference};
pub use presence_rules::{Handling, PresenceRule, PresenceRules, PresenceRulesData};
pub use resource_lists::{ResourceLists, ResourceListsData};
pub use rls_services::RlsServices;
pub use service::Service;
pub use services_data::{RlsServicesData, ServiceData};
pub use simservs::{Bar, Divert, SimServs, SimServsData};
