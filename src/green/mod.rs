//! The client for event loops (feature `green`): every call of the blocking client as a future, on
//! any executor.
//!
//! [`XCAPClient`] is made from a [blocking client](crate::XCAPClient) and shares its connections
//! and its authentication. Its calls take the same arguments and end in the same errors. The work
//! is done by the threads of the [`blocking`] crate, a pool that all of a process shares (up to 500
//! threads, or `BLOCKING_MAX_THREADS`), so no call holds up the thread that polls it.
//!
//! ```
//! use xcaplib::green::XCAPClient;
//!
//! # let (server, _) = xcaplib::testing::example_of(r#"<list name="old"/>"#)?;
//! # let root = server.root();
//! # pollster::block_on(async {
//! let client = XCAPClient::new(&root, "sip:alice@example.com", "secret")?;
//! let lists = client.get("resource-lists", None, None, None).await?;
//! let rules = client.request("pres-rules").optional().get().await?;
//! println!("{lists}\n{}", rules.map_or(String::new(), |rules| rules.to_string()));
//!
//! let mut copy = client.open("resource-lists").await?.retries(3);
//! copy.delete(r#"/resource-lists/list[@name="old"]"#).await?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # When a future is dropped
//!
//! Nothing is sent before a future is polled first. One that is dropped later leaves nothing
//! broken: what was not begun is not sent, and a request that is under way is carried to its end by
//! its thread, its answer read and thrown away. **So a change whose future was dropped may still be
//! made**: its PUT or DELETE may reach the server, now or later. A [`CachedDocument`] of which a
//! change was dropped [is stale](CachedDocument::is_stale), and reads the document before its next
//! change.

mod cached;
mod call;
mod client;
mod request;

pub use cached::CachedDocument;
pub use call::Call;
pub use client::XCAPClient;
pub use request::{OptionalRequest, Request};
