//! Call settings: diversion and barring (TS 24.604, TS 24.611, TS 24.623).

mod callers;
mod change;
mod data;
mod edit;
mod names;
mod new_rule;
mod rule;
mod service_data;
mod setting;
mod style;
mod timer;

use std::time::Duration;

use crate::answer::{Error, Result};
use crate::document::Draft;
use crate::text::printable;

use super::value;

pub use data::SimServsData;
pub use setting::{Bar, Divert};

use edit::Action;
use names::{ROOT, SERVICES};
use rule::CallRule;

/// Not written `<ss:simservs/>`, because some servers put nothing into such an element.
const EMPTY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <ss:simservs xmlns:ss=\"http://uri.etsi.org/ngn/params/xml/simservs/xcap\" \
    xmlns:cp=\"urn:ietf:params:xml:ns:common-policy\"></ss:simservs>\n";

/// Call settings in a [`Draft`] of a simservs document (`simservs.ngn.etsi.org`, TS 24.623): where
/// calls are diverted to, and which calls are barred.
///
/// Each setting is a rule, and its condition identifies it, since the server chooses its id. Only a
/// rule with this condition and no other is read and changed. A rule with more conditions (for some
/// hours, for some callers, for a medium) is an exception that somebody made, and stays byte for
/// byte. If it stands in front, a server that takes the first rule that matches applies it first.
/// Some phones and servers write elements in the wrong one of the two namespaces, or in another
/// place than the schema has them. They are understood. New elements are written as the schema has
/// them, with the prefixes of the document.
///
/// A rule is switched off with `rule-deactivated`, and keeps its target and its id. A service that
/// is not active (`active="false"`) becomes active with the first setting that is turned on. Its
/// other rules had no effect before and are switched off with that change, so that no other call is
/// diverted or barred.
///
/// ```
/// use xcaplib::usages::{Divert, SimServs};
///
/// # let server = xcaplib::testing::Server::start()?;
/// # let client = server.client("sip:alice@example.com")?;
/// let mut calls = client.request("simservs.ngn.etsi.org").open_or_insert(SimServs::empty())?;
/// calls.edit(|draft| {
///     let mut calls = SimServs::of(draft)?;
///     calls.divert(Divert::Busy, "sip:voicemail@example.com")?;
///     calls.no_answer_after(std::time::Duration::from_secs(20))?;
///     calls.stop_diverting(Divert::Always)
/// })?;
/// let when_busy: Option<String> =
///     SimServs::read(calls.text())?.diversion(Divert::Busy).map(|to| to.to_string());
/// assert_eq!(when_busy.as_deref(), Some("sip:voicemail@example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct SimServs<'d> {
    draft: &'d mut Draft,
    media: Option<String>,
}

impl SimServs<'_> {
    /// A document without settings.
    #[must_use]
    pub const fn empty() -> &'static str {
        EMPTY
    }

    /// Reads the settings of a document.
    ///
    /// # Errors
    ///
    /// [`is_conflict`](Error::is_conflict) with `not-well-formed` if the text is not a document,
    /// and [`is_invalid_input`](Error::is_invalid_input) if its root element is not `simservs`.
    pub fn read(xml: &str) -> Result<SimServsData> {
        ROOT.read(xml).map(|root| SimServsData::of(&root))
    }
}

impl<'d> SimServs<'d> {
    /// The settings of a draft.
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if its root element is not `simservs`.
    pub fn of(draft: &'d mut Draft) -> Result<Self> {
        ROOT.of(draft)?;
        Ok(Self { draft, media: None })
    }

    /// Works on the settings for calls of one medium, `audio` or `video`. Their rules are limited
    /// to this medium.
    ///
    /// Some networks have one rule for each medium and none for all media. If you do not call this,
    /// such rules stay untouched: a diversion of all calls then gets a rule of its own after them.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Divert, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.media("audio").divert(Divert::Busy, "tel:+15550100")?;
    /// assert!(draft.text().contains("<ss:busy/><ss:media>audio</ss:media>"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn media(self, media: &str) -> Self {
        Self { media: Some(media.to_owned()), ..self }
    }

    /// Diverts calls to this URI, `tel:` or `sip:`.
    ///
    /// The rule for this is switched on, and its target is replaced. The rest of its `forward-to`
    /// stays, such as whether the caller is told. If several rules have this condition, the first
    /// one that is on is used, and the others are switched off. If there is none, a new rule is
    /// added after the others. A new rule for [`Divert::Always`] goes in front of the rules for
    /// some calls, since a server may take the first rule that matches.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Divert, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.divert(Divert::Busy, "tel:+15550100")?;
    /// assert!(draft.text().contains(
    ///     "<ss:communication-diversion active=\"true\"><cp:ruleset>\
    ///      <cp:rule id=\"call-diversion-busy\"><cp:conditions><ss:busy/></cp:conditions>\
    ///      <cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to>\
    ///      </cp:actions></cp:rule></cp:ruleset></ss:communication-diversion>"
    /// ));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for anything that is not a URI with a scheme,
    /// such as a bare number; everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn divert(&mut self, when: Divert, to: &str) -> Result<()> {
        value::absolute_uri("target", to)?;
        self.change(|draft, media| {
            change::turn_on(draft, when.into(), media, Action::ForwardTo(to))
        })
    }

    /// Stops diverting calls for this reason. The rule keeps its target, which
    /// [`SimServsData::target`] still returns. If no rule for this is on, nothing changes.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Divert, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// let mut calls = SimServs::of(&mut draft)?;
    /// calls.divert(Divert::Busy, "tel:+15550100")?;
    /// calls.stop_diverting(Divert::Busy)?;
    /// let calls = SimServs::read(draft.text())?;
    /// assert_eq!(calls.diversion(Divert::Busy), None);
    /// assert_eq!(calls.target(Divert::Busy), Some("tel:+15550100"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn stop_diverting(&mut self, when: Divert) -> Result<()> {
        self.change(|draft, media| change::turn_off(draft, when.into(), media))
    }

    /// Sets how long the network waits before it diverts a call that is not answered
    /// ([`Divert::NoAnswer`]): whole seconds, from 5 to 180.
    ///
    /// The time stands in the service, in front of its rules. Some networks also have it in a rule,
    /// or only there. Every existing time is set, for whichever medium.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::SimServs;
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// let mut calls = SimServs::of(&mut draft)?;
    /// calls.no_answer_after(Duration::from_secs(20))?;
    /// assert!(calls.no_answer_after(Duration::from_millis(20_500)).is_err());
    /// assert!(draft.text().contains("<ss:NoReplyTimer>20</ss:NoReplyTimer>"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for fractions of a second, and for a time that
    /// is too short or too long; everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn no_answer_after(&mut self, time: Duration) -> Result<()> {
        self.change(|draft, _| timer::set(draft, time))
    }

    /// Bars calls. The rule for this is switched on and set to bar them. If there is none, it is
    /// added.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Bar, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.bar(Bar::International)?;
    /// assert!(SimServs::read(draft.text())?.is_barred(Bar::International));
    /// SimServs::of(&mut draft)?.stop_barring(Bar::International)?;
    /// assert!(!SimServs::read(draft.text())?.is_barred(Bar::International));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) if a rule for all of these calls allows them,
    /// since it wins over every rule that bars; the error names that rule. Everything that
    /// [`Draft::put`] refuses. The draft stays as it was.
    pub fn bar(&mut self, what: Bar) -> Result<()> {
        self.change(|draft, media| {
            change::turn_on(draft, what.into(), media, Action::Bar)?;
            let made = data_of(draft, media)?;
            match made.allowing(what.into()) {
                Some(rule) => Err(overruled(what.calls(), rule, "allows them")),
                None => Ok(()),
            }
        })
    }

    /// Stops barring calls for this reason. If no rule for it is on, nothing changes.
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn stop_barring(&mut self, what: Bar) -> Result<()> {
        self.change(|draft, media| change::turn_off(draft, what.into(), media))
    }

    /// Bars the calls of one caller. The caller is named in the first rule that is on and only bars
    /// callers by name, or in a new rule. If he is barred already, in whichever spelling, nothing
    /// changes. URIs are compared like those of contacts: see [`List::set`](super::List::set).
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for anything that is not a URI with a scheme,
    /// and if a rule allows all calls, those of the caller or those of `many`, since it wins; the
    /// error names that rule. Everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn bar_caller(&mut self, uri: &str) -> Result<()> {
        value::absolute_uri("URI of the caller", uri)?;
        self.change(|draft, media| {
            callers::bar(draft, uri, media)?;
            match data_of(draft, media)?.allowing_caller(uri) {
                Some(rule) => {
                    let caller = format!("the caller `{}`", printable(uri));
                    Err(overruled(&caller, rule, "lets him through"))
                }
                None => Ok(()),
            }
        })
    }

    /// Stops barring the calls of one caller. Returns whether a rule named him. Rules that also
    /// have other conditions stay as they are. If a rule loses the last caller it names, the whole
    /// rule is removed, since without one it would bar everybody.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::SimServs;
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// let mut calls = SimServs::of(&mut draft)?;
    /// calls.bar_caller("tel:+1-555-0100")?;
    /// assert!(calls.stop_barring_caller("tel:+15550100")?);
    /// assert!(!calls.stop_barring_caller("tel:+15550100")?);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that [`Draft::put`] refuses. The draft stays as it was.
    pub fn stop_barring_caller(&mut self, uri: &str) -> Result<bool> {
        self.change(|draft, media| callers::unbar(draft, uri, media))
    }

    /// Switches a service on or off as a whole, and leaves its rules as they are. `service` is the
    /// name of its element: `communication-waiting`, `communication-diversion`,
    /// `incoming-communication-barring`, `outgoing-communication-barring`, or one of the four for
    /// identities. These are `originating-identity-presentation` and
    /// `terminating-identity-presentation`, and both with `-restriction` at the end. The service is
    /// created if it is missing.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::SimServs;
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.set_active("communication-waiting", true)?;
    /// assert!(draft.text().contains("<ss:communication-waiting active=\"true\"/>"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) for another name; everything that
    /// [`Draft::put`] refuses.
    pub fn set_active(&mut self, service: &str, active: bool) -> Result<()> {
        if !SERVICES.contains(&service) {
            return Err(Error::invalid_input(format!(
                "there is no service `{}` to be switched; there are {}",
                printable(service),
                SERVICES.join(", ")
            )));
        }
        self.change(|draft, _| change::set_active(draft, service, active))
    }

    /// Changes a copy of the draft, and keeps the copy only if the whole change succeeds.
    fn change<T>(&mut self, make: impl FnOnce(&mut Draft, Option<&str>) -> Result<T>) -> Result<T> {
        let mut next = self.draft.clone();
        let made = make(&mut next, self.media.as_deref())?;
        *self.draft = next;
        Ok(made)
    }
}

fn data_of(draft: &Draft, media: Option<&str>) -> Result<SimServsData> {
    let data = SimServsData::of(&ROOT.of(draft)?);
    Ok(match media {
        Some(media) => data.media(media),
        None => data,
    })
}

fn overruled(what: &str, rule: &CallRule, how: &str) -> Error {
    Error::invalid_input(format!(
        "{what} cannot be barred: {} {how}, and that wins; change or remove that rule",
        rule.shown()
    ))
}
