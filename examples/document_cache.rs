//! A document manager with its cache on disk: what it kept is asked for with its ETag, so that a
//! document that nobody changed is not sent again.
//!
//! `cargo run --example document_cache` starts a server of its own. With `XCAP_ROOT`, `XCAP_USER`
//! and `XCAP_PASSWORD` set it runs against yours. The cache is the folder that is given, or else
//! one beside the temporary files.

#[path = "support/server.rs"]
mod server;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use xcaplib::{CachedDocument, Element, XCAPClient};

const EMPTY: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const AUID: &str = "resource-lists";

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        env::args().nth(1).map_or_else(|| env::temp_dir().join("xcap-cache"), PathBuf::from);
    fs::create_dir_all(&folder)?;
    let (client, _server) = server::client()?;
    let mut lists = load(&client, &folder)?.retries(5);

    lists.edit(|draft| {
        let friends = r#"/resource-lists/list[@name="friends"]"#;
        if !draft.has(friends) {
            draft.insert(friends, Element::new("list").attr("name", "friends"))?;
        }
        Ok(())
    })?;
    save(&lists, &folder)?;
    for list in lists.get_all("/resource-lists/list")? {
        println!("{}", list.attr("name").unwrap_or_default());
    }
    Ok(())
}

/// The document as it was kept, brought up to date; from the server where nothing was kept.
fn load(client: &XCAPClient, folder: &Path) -> Result<CachedDocument, Box<dyn Error>> {
    let request = client.request(AUID);
    let kept = (fs::read_to_string(folder.join("text")), fs::read_to_string(folder.join("etag")));
    let (Ok(text), Ok(etag)) = kept else {
        return Ok(request.open_or_insert(EMPTY)?);
    };
    let mut lists = request.clone().resume(text, etag.as_str())?;
    match lists.refresh() {
        Ok(is_new) => println!("{}", if is_new { "somebody changed it" } else { "as it was kept" }),
        Err(error) if error.is_not_found() => return Ok(request.open_or_insert(EMPTY)?),
        Err(error) => return Err(error.into()),
    }
    Ok(lists)
}

fn save(lists: &CachedDocument, folder: &Path) -> Result<(), Box<dyn Error>> {
    if let (Some(etag), false) = (lists.etag(), lists.is_stale()) {
        fs::write(folder.join("text"), lists.text())?;
        fs::write(folder.join("etag"), etag.to_string())?;
    }
    Ok(())
}
