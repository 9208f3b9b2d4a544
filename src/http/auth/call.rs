//! One call: what it sends first, and what each answer means for it.

use std::mem;
use std::ops::ControlFlow::{self, Break, Continue};

use crate::http::fields::MAX_VALUE;
use crate::http_types::text_of;

use super::authorization::Authorization;
use super::challenge::{Challenge, read_info};
use super::hook::Message;
use super::offer::{Chosen, Offers};
use super::pool::{Remembered, Suspicion};
use super::refusal::Refusal;
use super::session::Session;
use super::shared::Auth;
use super::strategy::{Origin, Plan, Strategy};

/// How often one call may send to one target.
const MAX_SENDS: u8 = 3;

/// What the last answer of a call means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer goes to the caller.
    Accept,
    /// The 401 goes to the caller, with the reason.
    Refused(Refusal),
    /// The answer is not to be trusted, whatever its status: an error with this reason.
    ///
    /// A wrong `rspauth` means that whoever answered does not know the password, so a 404 or 412 is
    /// worth as little as a 200: each would be acted upon. It does not mean that the request was
    /// not carried out.
    Unproven(Refusal),
}

/// One call of the client, with what it sends next. Dropped without an answer, it gives a session
/// of the pool back with the nonce count spent.
pub(crate) struct Call<'a> {
    auth: &'a Auth,
    message: Message<'a>,
    strategy: Strategy,
    /// How often it was sent, with the one that is planned.
    sends: u8,
    suspicion: Option<Suspicion>,
}

impl<'a> Call<'a> {
    /// Starts a call, with what is known. `target` is the exact request-target.
    pub(crate) fn new(auth: &'a Auth, method: &'a str, target: &'a str, body: &'a [u8]) -> Self {
        let message = Message { method, target, body };
        Self { auth, message, strategy: begin(auth, message), sends: 1, suspicion: None }
    }

    /// What to send.
    pub(crate) fn plan(&self) -> Plan<'_> {
        self.strategy.plan()
    }

    /// No answer came. The call sends the same again, with the next nonce count, and counts it.
    pub(crate) fn unanswered(mut self) -> Self {
        self.sends = self.sends.saturating_add(1);
        match &mut self.strategy {
            // A value of the closure may be good for one request only, so the closure is asked
            // again.
            Strategy::Own { .. } => self.strategy = begin(self.auth, self.message),
            Strategy::Digest { session, value, origin } => {
                let Message { method, target, body } = self.message;
                *value = session.authorize(method, target, body);
                if *origin == Origin::Challenge {
                    *origin = Origin::Resent;
                }
            }
            Strategy::Probe | Strategy::Bare | Strategy::Basic { .. } => {}
        }
        self
    }

    /// There was no connection, so nothing was sent. The call sends the same again without counting
    /// it.
    pub(crate) fn unsent(mut self) -> Self {
        self.sends = self.sends.saturating_sub(1);
        self.unanswered()
    }

    /// What an answer means, by its status, all its `WWW-Authenticate` and all its
    /// `Authentication-Info`: the call goes on with another send, or ends.
    pub(crate) fn answered<'h>(
        mut self,
        status: u16,
        www_authenticate: impl Iterator<Item = &'h [u8]>,
        authentication_info: impl Iterator<Item = &'h [u8]>,
    ) -> ControlFlow<Verdict, Self> {
        let next = match mem::replace(&mut self.strategy, Strategy::Bare) {
            strategy if status == 401 => {
                self.refused(strategy, &www_authenticate.collect::<Vec<_>>())
            }
            Strategy::Probe => Continue(Strategy::Bare),
            Strategy::Own { .. } | Strategy::Bare => Break(Verdict::Accept),
            Strategy::Basic { value, .. } => {
                self.auth.pool().let_in_by_basic(self.usage(), value);
                Break(Verdict::Accept)
            }
            Strategy::Digest { session, .. } => {
                Break(self.let_in(*session, &read_info(authentication_info)))
            }
        };
        next.map_continue(|strategy| {
            self.sends = self.sends.saturating_add(1);
            self.strategy = strategy;
            self
        })
    }

    /// A session was let in: it is checked, learnt from and kept.
    fn let_in(&mut self, mut session: Session, info: &Challenge) -> Verdict {
        if !session.proves(info, self.message.target) {
            return Verdict::Unproven(Refusal::BadProof);
        }
        session.succeeded(self.auth.now());
        let mut pool = self.auth.pool();
        pool.learn(&session, self.suspicion.take());
        if let Some(nonce) = info.get("nextnonce").filter(|nonce| !nonce.is_empty()) {
            let count = pool.count(nonce);
            session.renew(nonce, count);
        }
        pool.let_in_by(self.usage(), session);
        Verdict::Accept
    }

    /// What to try after a 401. The caller's own closure is asked first.
    fn refused(
        &mut self,
        strategy: Strategy,
        challenges: &[&[u8]],
    ) -> ControlFlow<Verdict, Strategy> {
        match self.auth.own(self.message, challenges) {
            Some(value) => self.own_again(value, &strategy),
            None => self.challenged(strategy, Offers::read(challenges.iter().copied())),
        }
    }

    /// What the caller's closure makes of a 401, unless it gives the value that was refused.
    fn own_again(
        &self,
        value: Authorization,
        refused: &Strategy,
    ) -> ControlFlow<Verdict, Strategy> {
        let is_refused = matches!(refused, Strategy::Own { value: last } if *last == value);
        if is_refused || self.sends >= MAX_SENDS {
            return Break(Verdict::Refused(Refusal::OwnRefused));
        }
        Continue(Strategy::Own { value })
    }

    fn challenged(&mut self, strategy: Strategy, offers: Offers) -> ControlFlow<Verdict, Strategy> {
        match strategy {
            Strategy::Probe | Strategy::Bare | Strategy::Own { .. } => self.answer(offers),
            Strategy::Basic { realm: None, .. } => {
                self.auth.pool().forget_basic();
                self.refused_unasked(offers)
            }
            Strategy::Basic { realm: Some(realm), .. } => {
                Break(Verdict::Refused(Refusal::WrongPassword { realm }))
            }
            Strategy::Digest { session, origin: Origin::Challenge, .. } if !offers.is_stale() => {
                Break(wrong_password(&session))
            }
            Strategy::Digest { session, origin: Origin::Pool, .. } => {
                self.suspicion = Suspicion::of(&session, !offers.is_empty(), self.auth.now());
                // The session was of another realm, and still works there.
                if offers.is_elsewhere(session.realm()) {
                    self.auth.pool().put(*session);
                }
                self.refused_unasked(offers)
            }
            Strategy::Digest { .. } => self.refused_unasked(offers),
        }
    }

    /// What was sent without a challenge for it is refused: its challenge is answered, or there is
    /// none to answer.
    fn refused_unasked(&self, offers: Offers) -> ControlFlow<Verdict, Strategy> {
        if !offers.is_empty() {
            return self.answer(offers);
        }
        self.may_send()?;
        Continue(Strategy::Bare)
    }

    fn answer(&self, offers: Offers) -> ControlFlow<Verdict, Strategy> {
        let chosen = match offers.choose(self.auth.credentials.as_ref(), self.auth.basic_allowed) {
            Ok(chosen) => chosen,
            Err(refusal) => return Break(Verdict::Refused(refusal)),
        };
        self.may_send()?;
        Continue(match chosen {
            Chosen::Digest(challenge, credentials) => {
                let cnonce = (self.auth.environment.cnonce)();
                let count = self.auth.pool().count(&challenge.nonce);
                let session = Session::new(challenge, credentials, cnonce, count);
                let strategy = Strategy::digest(session, Origin::Challenge, self.message);
                if matches!(strategy.plan(), Plan::Send(Some(value)) if !is_carriable(value)) {
                    return Break(Verdict::Refused(Refusal::TooLong));
                }
                strategy
            }
            Chosen::Basic { value, realm } => Strategy::Basic { value, realm: Some(realm) },
        })
    }

    fn usage(&self) -> &'a str {
        self.auth.usage(self.message.target)
    }

    /// Whether the call may send once more.
    fn may_send(&self) -> ControlFlow<Verdict> {
        if self.sends >= MAX_SENDS {
            return Break(Verdict::Refused(Refusal::Exhausted { sends: self.sends }));
        }
        Continue(())
    }
}

/// Whether the head of a request can hold a value. A byte that is not ASCII takes the place of
/// three.
fn is_carriable(value: &Authorization) -> bool {
    let bytes = value.value();
    bytes.len() + 2 * bytes.iter().filter(|byte| !byte.is_ascii()).count() <= MAX_VALUE
}

/// How a call begins, with what is known.
fn begin(auth: &Auth, message: Message<'_>) -> Strategy {
    if let Some(value) = auth.own(message, &[]) {
        return Strategy::Own { value };
    }
    let mut pool = auth.pool();
    match pool.take(auth.usage(message.target)) {
        Some(Remembered::Digest(session)) => {
            drop(pool);
            return Strategy::digest(*session, Origin::Pool, message);
        }
        Some(Remembered::Basic(value)) => return Strategy::Basic { value, realm: None },
        None => {}
    }
    // The answer will be a challenge, so a body would be uploaded for nothing.
    if pool.is_one_time() && (message.method != "GET" || !message.body.is_empty()) {
        return Strategy::Probe;
    }
    Strategy::Bare
}

fn wrong_password(session: &Session) -> Verdict {
    let realm = text_of(session.realm()).into_owned();
    Verdict::Refused(Refusal::WrongPassword { realm })
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Strategy::Digest { session, origin: Origin::Pool, .. } =
            mem::replace(&mut self.strategy, Strategy::Bare)
        {
            // Its count was spent when it was sent, whether or not the server saw it. A nonce that
            // never worked may have been used up by that.
            if session.successes() > 0 {
                self.auth.pool().put(*session);
            }
        }
    }
}
