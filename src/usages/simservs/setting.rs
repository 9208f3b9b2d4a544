//! What can be set: a service, and the single condition that identifies the setting's rule.

use super::names::{DIVERSION, INCOMING_BARRING, OUTGOING_BARRING};

/// When calls are diverted.
///
/// ```
/// use xcaplib::usages::{Divert, SimServs};
///
/// let xml = r#"<simservs xmlns="http://uri.etsi.org/ngn/params/xml/simservs/xcap"
///     xmlns:cp="urn:ietf:params:xml:ns:common-policy">
///   <communication-diversion>
///     <cp:ruleset><cp:rule id="r1">
///       <cp:conditions><no-answer/></cp:conditions>
///       <cp:actions><forward-to><target>tel:+15550100</target></forward-to></cp:actions>
///     </cp:rule></cp:ruleset>
///   </communication-diversion>
/// </simservs>"#;
/// let calls = SimServs::read(xml)?;
/// let diverted = Divert::ALL.into_iter().find(|when| calls.diversion(*when).is_some());
/// assert_eq!(diverted, Some(Divert::NoAnswer));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Divert {
    /// Every call.
    Always,
    /// The user is busy.
    Busy,
    /// The user does not answer. [`no_answer_after`](super::SimServs::no_answer_after) sets how
    /// long the network waits.
    NoAnswer,
    /// The user is registered but cannot be reached.
    NotReachable,
    /// No device of the user is registered.
    NotRegistered,
}

/// Which calls are barred.
///
/// ```
/// use xcaplib::document::Draft;
/// use xcaplib::usages::{Bar, SimServs};
///
/// let mut draft = Draft::new(SimServs::empty(), None)?;
/// SimServs::of(&mut draft)?.bar(Bar::Anonymous)?;
/// let barred: Vec<_> = {
///     let calls = SimServs::read(draft.text())?;
///     Bar::ALL.iter().copied().filter(|what| calls.is_barred(*what)).collect()
/// };
/// assert_eq!(barred, [Bar::Anonymous]);
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Bar {
    /// All incoming calls.
    Incoming,
    /// Incoming calls from callers who hide their identity.
    Anonymous,
    /// Incoming calls while the user is in another network.
    IncomingRoaming,
    /// All outgoing calls.
    Outgoing,
    /// Outgoing calls while the user is in another network.
    OutgoingRoaming,
    /// Outgoing calls to other countries.
    International,
    /// Outgoing calls to other countries, except to the home network's country.
    InternationalExceptHome,
}

/// How to recognize the rule of a setting, and how to name a new one.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) service: &'static str,
    /// The only condition of the rule. A rule without a condition holds for every call.
    pub(super) condition: Option<&'static str>,
    /// How the id of a new rule begins. It resembles the ids that servers use.
    pub(super) stem: &'static str,
}

impl Divert {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Always, Self::Busy, Self::NoAnswer, Self::NotReachable, Self::NotRegistered];
}

impl Bar {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Incoming,
        Self::Anonymous,
        Self::IncomingRoaming,
        Self::Outgoing,
        Self::OutgoingRoaming,
        Self::International,
        Self::InternationalExceptHome,
    ];

    /// The calls, as they are named in a sentence.
    pub(super) fn calls(self) -> &'static str {
        match self {
            Self::Incoming => "incoming calls",
            Self::Anonymous => "anonymous calls",
            Self::IncomingRoaming => "incoming calls in other networks",
            Self::Outgoing => "outgoing calls",
            Self::OutgoingRoaming => "outgoing calls in other networks",
            Self::International => "international calls",
            Self::InternationalExceptHome => {
                "international calls but for those to the home country"
            }
        }
    }
}

/// Callers who are barred individually.
pub(super) const CALLERS: Setting = Setting {
    service: INCOMING_BARRING,
    condition: Some("identity"),
    stem: "call-barring-callers",
};

impl From<Divert> for Setting {
    fn from(when: Divert) -> Self {
        let (condition, stem) = match when {
            Divert::Always => (None, "call-diversion-unconditional"),
            Divert::Busy => (Some("busy"), "call-diversion-busy"),
            Divert::NoAnswer => (Some("no-answer"), "call-diversion-no-reply"),
            Divert::NotReachable => (Some("not-reachable"), "call-diversion-not-reachable"),
            Divert::NotRegistered => (Some("not-registered"), "call-diversion-not-logged-in"),
        };
        Self { service: DIVERSION, condition, stem }
    }
}

impl From<Bar> for Setting {
    fn from(what: Bar) -> Self {
        let incoming = |condition, stem| Self { service: INCOMING_BARRING, condition, stem };
        let outgoing = |condition, stem| Self { service: OUTGOING_BARRING, condition, stem };
        match what {
            Bar::Incoming => incoming(None, "call-barring-all-incoming"),
            Bar::Anonymous => incoming(Some("anonymous"), "call-barring-anonymous-incoming"),
            Bar::IncomingRoaming => incoming(Some("roaming"), "call-barring-incoming-in-roaming"),
            Bar::Outgoing => outgoing(None, "call-barring-all-outgoing"),
            Bar::OutgoingRoaming => outgoing(Some("roaming"), "call-barring-outgoing-in-roaming"),
            Bar::International => {
                outgoing(Some("international"), "call-barring-outgoing-international")
            }
            Bar::InternationalExceptHome => {
                outgoing(Some("international-exHC"), "call-barring-outgoing-internationalExHC")
            }
        }
    }
}
