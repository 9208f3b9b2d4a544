//! `restore`: puts the documents in the directory on the server again.

use xcaplib::{Application, Error, Method, Request, Response, XCAPClient};

use crate::args::{Failure, Options};
use crate::call::{self, Session};

use super::file_name::MANIFEST;
use super::folder::Folder;
use super::home::Home;
use super::manifest::{Manifest, Saved};
use super::place::Place;
use super::tally::{Next, Tally, Trouble, success};

/// The fate of a document, or its trouble.
type Fate = Result<Option<&'static str>, Trouble>;

/// A document to restore.
struct Item<'m> {
    saved: &'m Saved,
    /// Where it goes: into the home directory of the user whose documents are meant.
    place: Place,
    bytes: Vec<u8>,
}

/// Restores the documents and returns the exit code.
pub(super) fn run(options: &Options, session: &mut Session<'_>) -> Result<u8, Failure> {
    let folder = Folder::new(options)?;
    let home = Home::of(session.client())?;
    let shown = folder.shown();
    let text = folder
        .manifest()?
        .ok_or_else(|| Failure::Usage(format!("{shown} is not a backup: it has no {MANIFEST}")))?;
    let manifest = Manifest::read(&text, session.client())
        .map_err(|fault| Failure::Usage(format!("cannot use {shown}/{MANIFEST}: {fault}")))?;
    let (user, root) = (manifest.user.escape_debug(), manifest.root.escape_debug());
    if manifest.user != home.user() && options.user.is_none() {
        return Err(Failure::Usage(format!(
            "{shown} is a backup of {user}; to restore it to {0} all the same give --user {0}",
            home.user()
        )));
    }
    let dry = if options.dry_run { " (dry run, nothing is changed)" } else { "" };
    options.talk.note(&format!(
        "restore of {user} at {root} to {} at {}{dry}",
        home.user(),
        home.root
    ));
    let mut tally = Tally::new(&options.talk);
    let is_meant = |place: &Place| {
        place.is_of(options.app.as_deref()) && place.is_named(options.filename.as_deref())
    };
    for (file, saved) in manifest.documents.iter().filter(|(_, saved)| is_meant(&saved.place)) {
        let fate = match read(&folder, file, saved) {
            Ok(bytes) => {
                restore(options, session, &Item { saved, place: home.own(&saved.place), bytes })?
            }
            Err(trouble) => Err(trouble),
        };
        if tally.note(&saved.place.name(), fate) == Next::Nothing {
            break;
        }
    }
    Ok(tally.end())
}

/// The bytes that were saved.
fn read(folder: &Folder, file: &str, saved: &Saved) -> Result<Vec<u8>, Trouble> {
    let bytes = folder.read(file).map_err(Trouble::here)?;
    let bytes = bytes.ok_or_else(|| Trouble::here(format!("the file {file} is missing")))?;
    if saved.is(&bytes) {
        return Ok(bytes);
    }
    Err(Trouble::here(format!(
        "the file {file} is not what was saved; if that is meant, send it with put -i"
    )))
}

fn restore(options: &Options, session: &mut Session<'_>, item: &Item<'_>) -> Result<Fate, Failure> {
    if let Err(error) = item.request(session.client()).and_then(|it| it.check(&item.bytes)) {
        let trouble = Trouble::here(call::shown(&error, &item.bytes));
        return Ok(Err(trouble.with("--no-validate sends it as it is")));
    }
    let found = session.send(|client| item.request(client)?.send_raw(Method::Get, None))?;
    let found = match found {
        Ok(answer) if answer.status() == 404 => None,
        reply => match success(reply) {
            Ok(answer) if answer.body() == item.bytes => return Ok(Ok(Some("same"))),
            Ok(answer) => Some(answer),
            Err(trouble) => return Ok(Err(trouble)),
        },
    };
    if found.as_ref().is_some_and(|found| found.etag().is_none()) {
        return Ok(Err(Trouble::here(
            "the server gives no ETag, so that changes of others could be lost; send it with put",
        )));
    }
    if options.dry_run {
        return Ok(Ok(Some(if found.is_some() { "would replace" } else { "would create" })));
    }
    Ok(match session.call(|client| item.put(client, found.as_ref()))? {
        Ok(_) => Ok(Some("restored")),
        Err(error) if error.is_precondition_failed() => {
            Err(Trouble::from(error).with("somebody has changed it just now; restore again"))
        }
        Err(error) => Err(error.into()),
    })
}

impl Item<'_> {
    fn request<'c>(&self, client: &'c XCAPClient) -> Result<Request<'c>, Error> {
        let request = client.at(&self.place.path())?;
        // A known usage fixes the media type. For an unknown usage, it is the one that was saved.
        let is_known = Application::lookup(&self.place.application()).is_some();
        Ok(match &self.saved.media_type {
            Some(media_type) if !is_known => request.content_type(media_type),
            _ => request,
        })
    }

    fn put(&self, client: &XCAPClient, found: Option<&Response>) -> Result<Response, Error> {
        let request = self.request(client)?;
        match found {
            Some(found) => request.if_match(found.etag()).put(&self.bytes),
            None => request.if_none_match("*").put(&self.bytes),
        }
    }
}
