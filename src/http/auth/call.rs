//! One call: what it sends first, and what each answer means for it.

use std::mem;
use std::ops::ControlFlow::{self, Break, Continue};

use crate::http::fields::MAX_VALUE;

use super::authorization::Authorization;
use super::basic;
use super::digest::DigestChallenge;
use super::hook::Message;
use super::offer::{Offer, Offers};
use super::params::{AuthParams, read_info};
use super::pool::{Remembered, Suspicion};
use super::refusal::Refusal;
use super::session::Session;
use super::shared::Auth;
use super::strategy::{Answered, Origin, Plan, Strategy};

/// How often one call may send to the same target.
const MAX_SENDS: u8 = 3;

/// What the last answer of a call means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The answer goes to the caller.
    Accept,
    /// The 401 goes to the caller, with the reason.
    Refused(Refusal),
    /// The answer cannot be trusted, whatever its status. It becomes an error with this reason.
    ///
    /// A wrong `rspauth` means that the sender of the answer does not know the password. A 404 or
    /// 412 from it is worth as little as a 200, since the caller would act on either. The request
    /// may still have been carried out.
    Unproven(Refusal),
}

/// One call of the client, with what it sends next. If it is dropped without an answer, it returns
/// a pooled session with the nonce count already spent.
pub(crate) struct Call<'a> {
    auth: &'a Auth,
    message: Message<'a>,
    strategy: Strategy,
    /// How often the request was sent, including the send that is planned.
    sends: u8,
    suspicion: Option<Suspicion>,
}

impl<'a> Call<'a> {
    /// Starts a call from what is already known. `target` is the exact request-target.
    pub(crate) fn new(auth: &'a Auth, method: &'a str, target: &'a str, body: &'a [u8]) -> Self {
        let message = Message { method, target, body };
        Self { auth, message, strategy: begin(auth, message), sends: 1, suspicion: None }
    }

    /// What to send.
    pub(crate) fn plan(&self) -> Plan<'_> {
        self.strategy.plan()
    }

    /// No answer came. The call sends the same request again with the next nonce count. This send
    /// counts.
    pub(crate) fn unanswered(mut self) -> Self {
        self.sends = self.sends.saturating_add(1);
        match &mut self.strategy {
            // The closure's value may be good for one request only, so the closure is asked again.
            Strategy::Own { .. } => self.strategy = begin(self.auth, self.message),
            Strategy::Digest { session, value, origin } => {
                let Message { method, target, body } = self.message;
                *value = session.authorize(method, target, body);
                if matches!(origin, Origin::Challenge(_)) {
                    *origin = Origin::Resent;
                }
            }
            Strategy::Probe | Strategy::Bare | Strategy::Basic { .. } => {}
        }
        self
    }

    /// There was no connection, so nothing was sent. The call sends the same request again and does
    /// not count it.
    pub(crate) fn unsent(mut self) -> Self {
        self.sends = self.sends.saturating_sub(1);
        self.unanswered()
    }

    /// Judges an answer by its status, its `WWW-Authenticate` and its `Authentication-Info` fields.
    /// The call then goes on with another send, or ends.
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

    /// The server accepted a session: check it, learn from it and keep it.
    fn let_in(&mut self, mut session: Session, info: &AuthParams) -> Verdict {
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
            None => {
                let knows_aka = self.auth.identity.knows_aka();
                self.challenged(strategy, Offers::read(challenges.iter().copied(), knows_aka))
            }
        }
    }

    /// What the caller's closure makes of a 401. If it gives the refused value again, the call
    /// ends.
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
            Strategy::Probe | Strategy::Bare | Strategy::Own { .. } => self.answer(offers, None),
            Strategy::Basic { origin: Origin::Challenge(answered), .. } => {
                self.answer(offers, Some(answered))
            }
            Strategy::Basic { .. } => {
                self.auth.pool().forget(self.usage());
                self.refused_unasked(offers)
            }
            Strategy::Digest { origin: Origin::Challenge(answered), .. } if !offers.is_stale() => {
                self.answer(offers, Some(answered))
            }
            Strategy::Digest { session, origin: Origin::Pool, .. } => {
                self.suspicion = Suspicion::of(&session, !offers.is_empty(), self.auth.now());
                // The session belongs to another realm, and still works there.
                if offers.is_elsewhere(session.realm()) {
                    self.auth.pool().put(*session);
                }
                self.refused_unasked(offers)
            }
            Strategy::Digest { .. } => self.refused_unasked(offers),
        }
    }

    /// The server refused a value that it had not asked for in this call. If it sent a challenge,
    /// the challenge is answered. Otherwise the request is sent bare to get one.
    fn refused_unasked(&self, offers: Offers) -> ControlFlow<Verdict, Strategy> {
        if !offers.is_empty() {
            return self.answer(offers, None);
        }
        match self.has_sends() {
            Ok(()) => Continue(Strategy::Bare),
            Err(refusal) => Break(Verdict::Refused(refusal)),
        }
    }

    /// Answers a challenge if the call may send once more and has credentials. `refused` is the
    /// answer to the previous challenge, if it was refused for another reason than its nonce.
    fn answer(&self, offers: Offers, refused: Option<Answered>) -> ControlFlow<Verdict, Strategy> {
        match self.answer_for(offers, refused.as_ref()) {
            Ok(strategy) => Continue(strategy),
            Err(refusal) => Break(Verdict::Refused(match refused {
                Some(Answered { realm, .. }) => Refusal::WrongPassword { realm },
                None => refusal,
            })),
        }
    }

    fn answer_for(&self, offers: Offers, refused: Option<&Answered>) -> Result<Strategy, Refusal> {
        let offer = offers.strongest()?;
        self.has_sends()?;
        let challenge = offer.challenge();
        let credentials = self.auth.identity.answer(&challenge)?;
        let answered = Answered { realm: challenge.realm, credentials };
        if refused.is_some_and(|refused| refused.credentials == answered.credentials) {
            return Err(Refusal::WrongPassword { realm: answered.realm });
        }
        match offer {
            Offer::Digest(challenge) => self.digest(challenge, answered),
            Offer::Basic { .. } => self.basic(answered),
        }
    }

    fn digest(&self, challenge: DigestChallenge, answered: Answered) -> Result<Strategy, Refusal> {
        let cnonce = (self.auth.environment.cnonce)();
        let count = self.auth.pool().count(&challenge.nonce);
        let session = Session::new(challenge, &answered.credentials, cnonce, count);
        let strategy = Strategy::digest(session, Origin::Challenge(answered), self.message);
        match strategy.plan() {
            Plan::Send(Some(value)) if !is_carriable(value) => Err(Refusal::TooLong),
            _ => Ok(strategy),
        }
    }

    fn basic(&self, answered: Answered) -> Result<Strategy, Refusal> {
        if !self.auth.basic_allowed {
            return Err(Refusal::BasicOverHttp);
        }
        let Answered { credentials, .. } = &answered;
        let value = basic::authorization(credentials.user(), credentials.password());
        let advice = self.auth.identity.another_user_name();
        let value = value.ok_or(Refusal::ColonInUserName { advice })?;
        if !is_carriable(&value) {
            return Err(Refusal::TooLongForBasic);
        }
        Ok(Strategy::Basic { value, origin: Origin::Challenge(answered) })
    }

    fn usage(&self) -> &'a str {
        self.auth.usage(self.message.target)
    }

    /// Whether the call may send once more.
    fn has_sends(&self) -> Result<(), Refusal> {
        if self.sends >= MAX_SENDS {
            return Err(Refusal::Exhausted { sends: self.sends });
        }
        Ok(())
    }
}

/// Whether a request head can hold the value. A byte that is not ASCII takes three bytes there.
fn is_carriable(value: &Authorization) -> bool {
    let bytes = value.value();
    bytes.len() + 2 * bytes.iter().filter(|byte| !byte.is_ascii()).count() <= MAX_VALUE
}

/// How a call begins, from what is already known.
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
        Some(Remembered::Basic(value)) => {
            return Strategy::Basic { value, origin: Origin::Pool };
        }
        None => {}
    }
    // The answer will be a challenge, so a body would be uploaded for nothing.
    if pool.is_one_time() && (message.method != "GET" || !message.body.is_empty()) {
        return Strategy::Probe;
    }
    Strategy::Bare
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if let Strategy::Digest { session, origin: Origin::Pool, .. } =
            mem::replace(&mut self.strategy, Strategy::Bare)
        {
            // The count was spent when the request was sent, whether or not the server saw it. If
            // the nonce never worked, that send may have used it up.
            if session.successes() > 0 {
                self.auth.pool().put(*session);
            }
        }
    }
}
