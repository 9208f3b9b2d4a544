//! Who may make a request, and what it is about (RFC 4825 section 8).
//!
//! The order of section 8 is kept: application usage and user, authentication, authorization. Where
//! a profile differs, it is asked.

use crate::application::Application;

use super::call::Call;
use super::denial::{Denial, Unauthorized};
use super::http::{Request, Response};
use super::lock::lock;
use super::profile::conduct::Outcome;
use super::shared::Shared;
use super::store::{Owner, Place};
use super::target::Target;
use super::user::User;

/// Answers a request.
pub(super) fn answer(shared: &Shared, request: &Request) -> Outcome {
    if let Some(outcome) = shared.conduct.ignores(request) {
        return outcome;
    }
    let response = served(shared, request).unwrap_or_else(|denial| refused(shared, denial));
    Outcome::Answer(shared.conduct.finish(response))
}

fn served(shared: &Shared, request: &Request) -> Result<Response, Denial> {
    let Shared { conduct, site, .. } = shared;
    conduct.admit(site, request)?;
    let target = conduct.target(site, request);
    let usage = match &target {
        Ok(target) => Some(check_known(shared, &target.place)?),
        Err(_) => None,
    };
    let user = shared.access.authenticate(*conduct, request)?;
    // What is wrong with a target is for somebody known to hear.
    let (target, Some(usage)) = (target?, usage) else { return Err(no_document()) };
    conduct.admit_known(request)?;
    check_owner(shared, &target, user)?;
    let mut store = lock(&shared.store);
    let mut call = Call { site, request, target: &target, usage, store: &mut store };
    conduct.serve(&mut call)
}

fn check_known<'a>(shared: &'a Shared, place: &Place) -> Result<&'a Application, Denial> {
    let usage = shared
        .site
        .usage(&place.auid)
        .ok_or_else(|| Denial::not_found("there is no such application usage"))?;
    if shared.conduct.takes_any_user() || shared.access.knows(&place.owner) {
        return Ok(usage);
    }
    Err(Denial::not_found("there is no such user"))
}

/// The default authorization policy (section 5.7).
fn check_owner(shared: &Shared, target: &Target, user: Option<&User>) -> Result<(), Denial> {
    match (user, &target.place.owner) {
        (Some(user), Owner::User(xui)) if user.xui != *xui => Err(shared.conduct.other_user()),
        _ => Ok(()),
    }
}

fn no_document() -> Denial {
    Denial::not_found("there is no such document")
}

/// A refusal in the profile's words, with the challenge of a 401, if there is to be one.
fn refused(shared: &Shared, denial: Denial) -> Response {
    let why = match &denial {
        Denial::Unauthorized(why) => Some(*why),
        _ => None,
    };
    let conduct = shared.conduct;
    let response = conduct.refuse(denial);
    match why.filter(|why| response.status == 401 && conduct.challenges(*why)) {
        Some(why) => shared
            .access
            .challenges(conduct, why == Unauthorized::Stale)
            .into_iter()
            .fold(response, |response, challenge| response.field("WWW-Authenticate", challenge)),
        None => response,
    }
}
