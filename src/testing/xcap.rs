//! Who may make a request, and what it is about (RFC 4825 section 8).
//!
//! The checks follow the order of section 8: application usage and user, authentication,
//! authorization. Where profiles differ, the profile decides.

use crate::selector::Application;

use super::call::Call;
use super::denial::{Denial, Unauthorized};
use super::http::{Request, Response};
use super::lock::lock;
use super::profile::behaviour::Outcome;
use super::shared::Shared;
use super::store::{Owner, Place};
use super::target::Target;
use super::user::User;

/// Answers a request.
pub(super) fn answer(shared: &Shared, request: &Request) -> Outcome {
    if let Some(outcome) = shared.behaviour.ignores(request) {
        return outcome;
    }
    let response =
        served(shared, request).unwrap_or_else(|denial| refused(shared, request, denial));
    Outcome::Answer(shared.behaviour.finish(response))
}

fn served(shared: &Shared, request: &Request) -> Result<Response, Denial> {
    let Shared { behaviour, site, .. } = shared;
    behaviour.admit(site, request)?;
    let target = behaviour.target(site, request);
    if let (Ok(target), false) = (&target, behaviour.hides_from_strangers()) {
        check_known(shared, &target.place)?;
    }
    let is_public = target.as_ref().is_ok_and(|target| behaviour.is_public(request, target));
    let user = if is_public { None } else { shared.access.authenticate(*behaviour, request)? };
    // Only a known user is told what is wrong with the target.
    let target = target?;
    let usage = check_known(shared, &target.place)?;
    behaviour.admit_known(request)?;
    check_owner(shared, &target, user)?;
    let mut store = lock(&shared.store);
    let mut call = Call { site, request, target: &target, usage, store: &mut store };
    behaviour.serve(&mut call)
}

fn check_known<'a>(shared: &'a Shared, place: &Place) -> Result<&'a Application, Denial> {
    let usage = shared
        .site
        .usage(&place.auid)
        .ok_or_else(|| Denial::not_found("there is no such application usage"))?;
    if shared.behaviour.takes_any_user() || shared.access.knows(&place.owner) {
        return Ok(usage);
    }
    Err(Denial::not_found("there is no such user"))
}

/// The default authorization policy (section 5.7).
fn check_owner(shared: &Shared, target: &Target, user: Option<&User>) -> Result<(), Denial> {
    match (user, &target.place.owner) {
        (Some(user), Owner::User(xui)) if user.xui != *xui => Err(shared.behaviour.other_user()),
        _ => Ok(()),
    }
}

/// The answer for a refusal, in the profile's form. A 401 gets a challenge if the profile wants
/// one.
fn refused(shared: &Shared, request: &Request, denial: Denial) -> Response {
    let Shared { behaviour, site, access, .. } = shared;
    let why = match &denial {
        Denial::Unauthorized(why) => Some(*why),
        _ => None,
    };
    let mut response = behaviour.refuse(denial);
    if let Some(why) = why.filter(|why| response.status == 401 && behaviour.challenges(*why)) {
        let realm =
            behaviour.target(site, request).ok().and_then(|target| behaviour.realm(&target));
        for challenge in access.challenges(*behaviour, realm, why == Unauthorized::Stale) {
            response = response.field("WWW-Authenticate", challenge);
        }
    }
    response
}
