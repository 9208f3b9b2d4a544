//! The documents to ask the server for.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Attribute, Document, Node};
use xcaplib::{Application, DocumentEntry, Error, Tree, XCAPClient};

use crate::args::{Failure, Options};
use crate::call::Session;

use super::home::Home;
use super::manifest::Manifest;
use super::place::Place;

const CAPABILITIES: &str = "xcap-caps";
const DIRECTORY: &str = "org.openmobilealliance.xcap-directory";

/// Usages whose documents the server writes itself.
const READ_ONLY: [&str; 5] =
    [CAPABILITIES, DIRECTORY, "directory", "watchers", "org.openxcap.watchers"];

/// A document to ask for.
pub(super) struct Candidate {
    pub(super) place: Place,
    /// Whether it is a guess: nothing says that the document exists, or that the server knows its
    /// application usage.
    pub(super) is_guess: bool,
}

/// Everything to ask for.
#[derive(Default)]
pub(super) struct Candidates {
    /// The documents, by their files, so that no document is asked for twice.
    pub(super) documents: BTreeMap<String, Candidate>,
    /// Entries of the server that do not name a document.
    pub(super) unusable: Vec<String>,
    /// Whether the server said which documents exist, or what it supports. If not, and if nothing
    /// is found, there may be no XCAP server at this root.
    pub(super) is_told: bool,
}

/// The content of a directory: the documents, and the URIs that do not name one.
type Listed = (Vec<DocumentEntry>, Vec<String>);

impl Candidates {
    /// The documents that the server lists, or else the usual ones. Then the documents of the last
    /// backup, and those of `--filename`.
    pub(super) fn find(
        options: &Options,
        session: &mut Session<'_>,
        home: &Home,
        manifest: &Manifest,
    ) -> Result<Result<Self, Error>, Failure> {
        let mut candidates = Self::default();
        let listed = session.call(listed)?;
        let usages = match listed {
            Ok((entries, unusable)) => {
                candidates.add_listed(session.client(), home, &entries, options)?;
                candidates.unusable = unusable;
                Usages { names: Vec::new(), are_guessed: false, are_told: true }
            }
            Err(error) if is_missing(&error) => {
                let status = error.response().map(|it| format!("{} {}", it.status(), it.reason()));
                options.talk.note(&format!(
                    "the server does not list its documents ({}): the usual one of each application \
                     usage is asked for; name others with --filename",
                    status.unwrap_or_default()
                ));
                match Usages::find(options, session)? {
                    Ok(usages) => usages,
                    Err(error) => return Ok(Err(error)),
                }
            }
            Err(error) => return Ok(Err(error)),
        };
        candidates.is_told = usages.are_told;
        for name in &usages.names {
            match candidates.add_named(session.client(), name, None, usages.are_guessed) {
                // Only the server named this usage, so the others are asked for anyway.
                Err(_) if options.app.is_none() => candidates.unusable.push(name.clone()),
                added => added?,
            }
        }
        let last = manifest.documents.values().map(|saved| &saved.place);
        for place in last.filter(|place| place.is_of(options.app.as_deref())) {
            candidates.add(place.clone(), false);
        }
        if let Some(filename) = &options.filename {
            let known = candidates.documents.values().map(|it| it.place.application());
            let known: BTreeSet<_> = known.chain(options.app.clone()).collect();
            for name in known {
                candidates.add_named(session.client(), &name, Some(filename), true)?;
            }
        }
        Ok(Ok(candidates))
    }

    fn add(&mut self, place: Place, is_guess: bool) {
        let known = self.documents.entry(place.file());
        known.or_insert(Candidate { place, is_guess }).is_guess &= is_guess;
    }

    fn add_listed(
        &mut self,
        client: &XCAPClient,
        home: &Home,
        entries: &[DocumentEntry],
        options: &Options,
    ) -> Result<(), Failure> {
        let is_meant = |entry: &&DocumentEntry| {
            let application = entry.application();
            options.app.as_deref().is_none_or(|app| app == application)
                && !READ_ONLY.contains(&application)
        };
        for entry in entries.iter().filter(is_meant) {
            let path = entry.request(client).path()?;
            match Place::read(&path).filter(|place| home.has(place)) {
                Some(place) => self.add(place, false),
                None => options
                    .talk
                    .note(&format!("left out {path}: it is not in the user's home directory")),
            }
        }
        Ok(())
    }

    fn add_named(
        &mut self,
        client: &XCAPClient,
        application: &str,
        filename: Option<&str>,
        is_guess: bool,
    ) -> Result<(), Failure> {
        let mut request = client.request(application);
        if let Some(filename) = filename {
            request = request.filename(filename);
        }
        // A usage of the global tree has no documents of a user.
        if let Some(place) = Place::read(&request.path()?) {
            self.add(place, is_guess);
        }
        Ok(())
    }
}

/// Whether the server has no directory. OpenXCAP answers such a request with 500.
fn is_missing(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 403 | 404 | 405 | 410 | 500 | 501))
}

/// The entries of the user's directory. The library leaves out names that would lead out of a
/// directory, so these are looked up in the text.
fn listed(client: &XCAPClient) -> Result<Listed, Error> {
    let text = client.request(DIRECTORY).get()?;
    let entries = client.documents()?;
    let Ok(document) = Document::parse(text.as_str()) else { return Ok((entries, Vec::new())) };
    let namespace = document.root_element().tag_name().namespace();
    let is_entry = |node: &Node<'_, '_>| {
        node.tag_name().name() == "entry" && node.tag_name().namespace() == namespace
    };
    let is_uri = |it: &Attribute<'_, '_>| it.name() == "uri" && it.namespace().is_none();
    let entries_there = document.descendants().filter(is_entry);
    let uris = entries_there.flat_map(|entry| entry.attributes().filter(is_uri));
    let is_left_out = |uri: &&str| entries.iter().all(|entry| entry.uri() != *uri);
    let left_out = uris.map(|uri| uri.value()).filter(is_left_out).map(str::to_owned).collect();
    Ok((entries, left_out))
}

/// The application usages of which the server may have documents.
struct Usages {
    names: Vec<String>,
    are_guessed: bool,
    /// Whether the server named them.
    are_told: bool,
}

impl Usages {
    /// The usage of `--app`, or the usages that the server names, or the ones that this program
    /// knows.
    fn find(options: &Options, session: &mut Session<'_>) -> Result<Result<Self, Error>, Failure> {
        if let Some(name) = &options.app {
            return Ok(Ok(Self { names: vec![name.clone()], are_guessed: false, are_told: false }));
        }
        let found = match session.call(XCAPClient::capabilities)? {
            Ok(found) => found,
            Err(error) if is_missing(&error) => Default::default(),
            Err(error) => return Ok(Err(error)),
        };
        let are_guessed = !found.is_known();
        let names: Vec<String> = if are_guessed {
            Application::registry().iter().map(|usage| usage.auid.to_string()).collect()
        } else {
            found.auids().to_vec()
        };
        let is_global =
            |name: &str| Application::lookup(name).is_some_and(|usage| usage.tree == Tree::Global);
        let is_meant = |name: &String| !READ_ONLY.contains(&name.as_str()) && !is_global(name);
        let names = names.into_iter().filter(is_meant).collect();
        Ok(Ok(Self { names, are_guessed, are_told: !are_guessed }))
    }
}
