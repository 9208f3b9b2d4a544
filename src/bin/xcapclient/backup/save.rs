//! `backup`: saves the documents on the server in the directory.

use xcaplib::{Error, Method, Response, XCAPClient};

use crate::args::{Failure, Options};
use crate::call::Session;

use super::candidates::{Candidate, Candidates};
use super::file_name::MANIFEST;
use super::folder::Folder;
use super::home::Home;
use super::manifest::{Manifest, Saved};
use super::tally::{GONE, Next, Tally, Trouble, success};

/// The fate of a document, or its trouble.
type Fate = Result<Option<&'static str>, Trouble>;

/// Why nothing is saved if the server says nothing about itself.
const NOTHING: &str = "the server has none of those that were asked for, and says neither which it \
                       has nor what it supports; are --xcap-root and --sip-address right";

/// A backup that is being made.
struct Backup<'o> {
    options: &'o Options,
    folder: Folder,
    manifest: Manifest,
}

/// Saves the documents and returns the exit code.
pub(super) fn run(options: &Options, session: &mut Session<'_>) -> Result<u8, Failure> {
    let folder = Folder::new(options)?;
    let home = Home::of(session.client())?;
    let manifest = begun(&folder, &home, session.client())?;
    let (user, root, shown) = (home.user(), &home.root, folder.shown());
    options.talk.note(&format!("backup of {user} at {root} to {shown}"));
    let mut tally = Tally::new(&options.talk);
    let candidates = match Candidates::find(options, session, &home, &manifest)? {
        Ok(candidates) => candidates,
        Err(error) => {
            tally.note("to list the documents", Err(error.into()));
            return Ok(tally.end());
        }
    };
    folder.create()?;
    let _lock = folder.lock()?;
    // Another backup may have written the manifest in the meantime.
    let manifest = begun(&folder, &home, session.client())?;
    let mut backup = Backup { options, folder, manifest };
    backup.write_manifest().map_err(Failure::Fatal)?;
    let mut is_named_there = options.filename.is_none();
    for uri in &candidates.unusable {
        let trouble = Trouble::missing("it names no document that can be asked for");
        tally.note(&uri.escape_debug().to_string(), Err(trouble));
    }
    for candidate in candidates.documents.values() {
        let fate = backup.save(session, candidate)?;
        let is_named = candidate.place.is_named(options.filename.as_deref());
        is_named_there |= is_named && !matches!(fate, Ok(None));
        if tally.note(&candidate.place.name(), fate) == Next::Nothing {
            break;
        }
    }
    if let Some(filename) = options.filename.as_deref().filter(|_| !is_named_there) {
        tally.note(filename, Err(Trouble::missing("the server has no document of this name")));
    }
    if tally.is_empty() && !candidates.is_told {
        tally.note("to find a document", Err(Trouble::missing(NOTHING)));
    }
    Ok(tally.end())
}

/// The manifest of the last backup, or a new one for a directory without files.
fn begun(folder: &Folder, home: &Home, client: &XCAPClient) -> Result<Manifest, Failure> {
    let shown = folder.shown();
    let Some(text) = folder.manifest()? else {
        return if folder.is_empty()? {
            Ok(Manifest::new(home))
        } else {
            Err(Failure::Usage(format!(
                "{shown} has files and no {MANIFEST}; give a new directory or an empty one"
            )))
        };
    };
    let manifest = Manifest::read(&text, client)
        .map_err(|fault| Failure::Usage(format!("cannot use {shown}/{MANIFEST}: {fault}")))?;
    if (&manifest.root, &manifest.user) == (&home.root, &home.user()) {
        return Ok(manifest);
    }
    Err(Failure::Usage(format!(
        "{shown} is a backup of {} at {}, not of {} at {}; give another directory",
        manifest.user.escape_debug(),
        manifest.root.escape_debug(),
        home.user(),
        home.root
    )))
}

impl Backup<'_> {
    fn write_manifest(&self) -> Result<(), String> {
        self.folder.write(MANIFEST, &self.manifest.to_bytes())
    }

    fn save(&mut self, session: &mut Session<'_>, candidate: &Candidate) -> Result<Fate, Failure> {
        let file = candidate.place.file();
        // A document that could not be written is not requested.
        let there = match self.folder.read(&file) {
            Ok(there) => there,
            Err(text) => return Ok(Err(Trouble::here(text))),
        };
        let last = self.manifest.documents.get(&file);
        // A file that was damaged or changed here is fetched again.
        let current = last.filter(|saved| there.as_deref().is_some_and(|bytes| saved.is(bytes)));
        let etag = current.and_then(|saved| saved.etag.clone());
        let reply = session.call(|client| self.fetch(client, candidate, etag.as_deref()))?;
        let status = match &reply {
            Ok(answer) => Some(answer.status()),
            Err(error) => error.status(),
        };
        Ok(match (status, reply) {
            (Some(304), _) => Ok(Some("unchanged")),
            (Some(404), _) => self.gone(&file, there.is_some()),
            (Some(status @ (400 | 403 | 405 | 410 | 501)), _) if candidate.is_guess => {
                let name = candidate.place.name();
                self.options.talk.note(&format!("left out {name}: the server answered {status}"));
                Ok(None)
            }
            (_, reply) => success(reply).and_then(|answer| self.keep(candidate, file, &answer)),
        })
    }

    fn fetch(
        &self,
        client: &XCAPClient,
        candidate: &Candidate,
        etag: Option<&str>,
    ) -> Result<Response, Error> {
        let mut request = client.at(&candidate.place.path())?;
        if let Some(etag) = etag {
            request = request.if_none_match(etag);
        }
        if self.options.no_validate {
            request.send_raw(Method::Get, None)
        } else {
            request.get().map(|found| found.response().clone())
        }
    }

    /// Writes the document from the server, unless the file already has the same content.
    fn keep(&mut self, candidate: &Candidate, file: String, answer: &Response) -> Fate {
        let etag = answer.etag().map(ToString::to_string);
        let media_type = answer.header("content-type").map(str::to_owned);
        let saved = Saved::new(candidate.place.clone(), etag, media_type, answer.body());
        let there = self.folder.read(&file).map_err(Trouble::here)?;
        let is_same = there.as_deref() == Some(answer.body());
        if !is_same {
            self.folder.write(&file, answer.body()).map_err(Trouble::unwritten)?;
        }
        self.manifest.documents.insert(file, saved);
        // Written after each file: if the program is killed, the manifest lacks at most one of
        // them.
        self.write_manifest().map_err(Trouble::unwritten)?;
        Ok(Some(if is_same { "unchanged" } else { "saved" }))
    }

    /// Notes that a saved document is no longer on the server. It stays in the backup as long as
    /// its file does.
    fn gone(&mut self, file: &str, has_file: bool) -> Fate {
        if has_file && self.manifest.documents.contains_key(file) {
            return Ok(Some(GONE));
        }
        if self.manifest.documents.remove(file).is_some() {
            self.write_manifest().map_err(Trouble::unwritten)?;
        }
        Ok(None)
    }
}
