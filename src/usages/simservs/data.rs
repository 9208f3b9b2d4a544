//! The call settings of a document, as data.

use std::time::Duration;

use crate::document::Selected;

use super::names::{DIVERSION, SIMSERVS};
use super::rule::CallRule;
use super::service_data::ServiceData;
use super::setting::{Bar, CALLERS, Divert, Setting};

/// Call settings as plain data. [`SimServs::read`](super::SimServs::read) returns them.
///
/// A setting is on if its rule certainly matches: the rule that has the setting's condition and no
/// other. Other rules do not count for the calls below, for instance rules for some hours, for some
/// callers or for video alone. A server that takes the first rule that matches may apply such a
/// rule first.
///
/// ```
/// use xcaplib::usages::{Divert, SimServs, SimServsData};
///
/// let xml = r#"<ss:simservs xmlns:ss="http://uri.etsi.org/ngn/params/xml/simservs/xcap"
///     xmlns:cp="urn:ietf:params:xml:ns:common-policy">
///   <ss:communication-diversion active="true">
///     <ss:NoReplyTimer>25</ss:NoReplyTimer>
///     <cp:ruleset>
///       <cp:rule id="cfb">
///         <cp:conditions><ss:busy/></cp:conditions>
///         <cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions>
///       </cp:rule>
///       <cp:rule id="cfu">
///         <cp:conditions><ss:rule-deactivated/></cp:conditions>
///         <cp:actions><ss:forward-to><ss:target>tel:+15550101</ss:target></ss:forward-to></cp:actions>
///       </cp:rule>
///     </cp:ruleset>
///   </ss:communication-diversion>
///   <ss:communication-waiting active="false"/>
/// </ss:simservs>"#;
/// let calls: SimServsData = SimServs::read(xml)?;
/// assert_eq!(calls.diversion(Divert::Busy), Some("tel:+15550100"));
/// assert_eq!(calls.diversion(Divert::Always), None);
/// assert_eq!(calls.target(Divert::Always), Some("tel:+15550101"));
/// assert_eq!(calls.no_answer_after().map(|time| time.as_secs()), Some(25));
/// assert_eq!(calls.is_active("communication-waiting"), Some(false));
/// # Ok::<(), xcaplib::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimServsData {
    services: Vec<ServiceData>,
    media: Option<String>,
}

impl SimServsData {
    pub(super) fn of(root: &Selected<'_>) -> Self {
        let children = root.children();
        let services = children.iter().filter(|child| child.namespace() == Some(SIMSERVS));
        Self { services: services.map(ServiceData::read).collect(), media: None }
    }

    /// The settings for calls of one medium, `audio` or `video`. They come from the rules that are
    /// limited to this medium. If you do not call this, they come from the rules that are not
    /// limited to any medium.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Divert, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.media("video").divert(Divert::Always, "tel:+15550100")?;
    /// let calls = SimServs::read(draft.text())?;
    /// assert_eq!(calls.diversion(Divert::Always), None);
    /// assert_eq!(calls.media("video").diversion(Divert::Always), Some("tel:+15550100"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn media(mut self, media: &str) -> Self {
        self.media = Some(media.to_owned());
        self
    }

    /// Where calls are diverted to. `None` if they are not diverted.
    ///
    /// The service has to be active, and the first of the setting's rules that is on has to have a
    /// target.
    #[must_use]
    pub fn diversion(&self, when: Divert) -> Option<&str> {
        let first = self.in_force(when.into()).next()?;
        first.target.as_deref()
    }

    /// Where calls are diverted to, or would be if the diversion were switched on. Phones show this
    /// target beside the switch. If no rule for this is on, it is the target of the first one.
    #[must_use]
    pub fn target(&self, when: Divert) -> Option<&str> {
        let setting = when.into();
        let rule = self.in_force(setting).next().or_else(|| self.rules_of(setting).next())?;
        rule.target.as_deref()
    }

    /// How long the network waits before it diverts a call that is not answered. `None` if the
    /// document does not say; then the network decides.
    #[must_use]
    pub fn no_answer_after(&self) -> Option<Duration> {
        self.service(DIVERSION)?.no_reply_timer.map(Duration::from_secs)
    }

    /// Whether a rule for exactly these calls bars them. Calls that another rule bars do not count:
    /// if all outgoing calls are barred, this does not report international calls as barred.
    ///
    /// The service has to be active, and the rule has to be on. A rule that does not say whether it
    /// allows calls bars them, as it does on Clearwater. A rule that allows all of these calls wins
    /// over every rule that bars them (TS 24.611).
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::{Bar, SimServs};
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.bar(Bar::Outgoing)?;
    /// let calls = SimServs::read(draft.text())?;
    /// assert!(calls.is_barred(Bar::Outgoing));
    /// assert!(!calls.is_barred(Bar::International));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn is_barred(&self, what: Bar) -> bool {
        self.in_force(what.into()).any(|rule| !rule.allows) && self.allowing(what.into()).is_none()
    }

    /// The callers whom rules bar individually, in document order, as they are written.
    ///
    /// ```
    /// use xcaplib::document::Draft;
    /// use xcaplib::usages::SimServs;
    ///
    /// let mut draft = Draft::new(SimServs::empty(), None)?;
    /// SimServs::of(&mut draft)?.bar_caller("sip:eve@example.com")?;
    /// let calls = SimServs::read(draft.text())?;
    /// assert_eq!(calls.barred_callers(), ["sip:eve@example.com"]);
    /// assert!(calls.is_caller_barred("sip:eve@EXAMPLE.com"));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn barred_callers(&self) -> Vec<&str> {
        let barring = self.in_force(CALLERS).filter(|rule| !rule.allows);
        let callers = barring.flat_map(|rule| rule.callers.iter().map(String::as_str));
        callers.filter(|caller| self.allowing_caller(caller).is_none()).collect()
    }

    /// Whether a rule bars this caller by name. `false` if a rule lets him or `many` through, since
    /// that rule wins. URIs are compared like those of contacts: see
    /// [`List::set`](crate::usages::List::set).
    #[must_use]
    pub fn is_caller_barred(&self, uri: &str) -> bool {
        self.in_force(CALLERS).any(|rule| !rule.allows && rule.names_caller(uri))
            && self.allowing_caller(uri).is_none()
    }

    /// Whether a service is active. `service` is the name of its element, such as
    /// `communication-waiting`. `None` if the document has no such element.
    ///
    /// A service is active if the attribute is missing, `true` or `1`. Clearwater takes every value
    /// except `true` for off.
    #[must_use]
    pub fn is_active(&self, service: &str) -> Option<bool> {
        self.service(service).map(|service| service.is_active)
    }

    /// The rule that lets calls through even if another rule bars them.
    pub(super) fn allowing(&self, setting: Setting) -> Option<&CallRule> {
        let all = Setting { condition: None, ..setting };
        self.allowing_all(all).or_else(|| self.allowing_all(setting))
    }

    pub(super) fn allowing_caller(&self, uri: &str) -> Option<&CallRule> {
        let all = Setting { condition: None, ..CALLERS };
        let by_name = || self.rules_on(CALLERS, None).chain(self.in_force(CALLERS));
        let by_name = || by_name().find(|rule| rule.allows && rule.may_mean_caller(uri));
        self.allowing_all(all).or_else(by_name)
    }

    fn allowing_all(&self, setting: Setting) -> Option<&CallRule> {
        self.rules_on(setting, None).chain(self.in_force(setting)).find(|rule| rule.allows)
    }

    /// The rules for exactly this setting that are on, if the service is active.
    fn in_force(&self, setting: Setting) -> impl Iterator<Item = &CallRule> {
        self.rules_on(setting, self.media.as_deref())
    }

    fn rules_on(&self, setting: Setting, media: Option<&str>) -> impl Iterator<Item = &CallRule> {
        let service = self.service(setting.service).filter(|service| service.is_active);
        let rules = service.into_iter().flat_map(|service| &service.rules);
        rules.filter(move |rule| rule.is_on && rule.is_just(setting.condition, media))
    }

    fn rules_of(&self, setting: Setting) -> impl Iterator<Item = &CallRule> {
        let rules = self.service(setting.service).into_iter().flat_map(|service| &service.rules);
        rules.filter(move |rule| rule.is_just(setting.condition, self.media.as_deref()))
    }

    fn service(&self, name: &str) -> Option<&ServiceData> {
        self.services.iter().find(|service| service.name == name)
    }
}
