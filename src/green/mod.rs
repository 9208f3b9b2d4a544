//! The client for event loops (feature `green`): every call of the blocking client returns a
//! future, for any executor.
//!
//! [`XCAPClient`] is made from a [blocking client](crate::XCAPClient) and shares its connections
//! and its authentication. Its calls take the same arguments and return the same errors. The
//! threads of the [`blocking`] crate do the work, so no call holds up the thread that polls it.
//! They are a pool that the whole process shares (up to 500 threads, or `BLOCKING_MAX_THREADS`).
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
//! Nothing is sent before a future is first polled. Dropping it later breaks nothing. What has not
//! begun is not sent. If a request is under way, its thread carries it to its end, reads the answer
//! and throws it away. **So a change may still be made after its future was dropped**: its PUT or
//! DELETE may reach the server, now or later. If a change of a [`CachedDocument`] is dropped, the
//! copy [is stale](CachedDocument::is_stale), and reads the document before its next change.

mod cached;
mod call;
mod client;
mod request;

pub use cached::CachedDocument;
pub use call::Call;
pub use client::XCAPClient;
pub use request::{OptionalRequest, Request};
