//! What the call settings of a document are.

use std::time::Duration;

use crate::document::Selected;

use super::names::{DIVERSION, SIMSERVS};
use super::rule::CallRule;
use super::service_data::ServiceData;
use super::setting::{Bar, CALLERS, Divert, Setting};

/// Call settings as they were read, by [`SimServs::read`](super::SimServs::read): plain data.
///
/// A setting is on where its rule certainly matches: the rule that has its condition and no other.
/// What else a document holds, such as rules for some hours, for some callers or for video alone,
/// counts for none of the calls below. A server that takes the first rule that matches may let such
/// a rule go first.
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

    /// The settings for calls of one medium, `audio` or `video`: of the rules that are limited to
    /// it. Without this, they are those of the rules that are limited to none.
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

    /// Where calls are diverted to; `None` where they are not.
    ///
    /// The service has to be active, and the first rule for this that is on has to have a target.
    #[must_use]
    pub fn diversion(&self, when: Divert) -> Option<&str> {
        let first = self.in_force(when.into()).next()?;
        first.target.as_deref()
    }

    /// Where calls are diverted to, or would be if that were switched on: phones show it beside the
    /// switch. Where no rule for this is on, it is the target of the first.
    #[must_use]
    pub fn target(&self, when: Divert) -> Option<&str> {
        let setting = when.into();
        let rule = self.in_force(setting).next().or_else(|| self.rules_of(setting).next())?;
        rule.target.as_deref()
    }

    /// How long the network waits before it diverts a call that is not answered; `None` where the
    /// document does not say, and the network decides.
    #[must_use]
    pub fn no_answer_after(&self) -> Option<Duration> {
        self.service(DIVERSION)?.no_reply_timer.map(Duration::from_secs)
    }

    /// Whether calls are barred by a rule for this alone. Those that are barred for another reason
    /// do not count: international calls are not said to be barred where all outgoing calls are.
    ///
    /// The service has to be active, and the rule on. A rule that does not say whether it allows
    /// calls bars them, as Clearwater has it. A rule that allows all of them wins
    /// over every rule that bars (TS 24.611).
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

    /// The callers whom rules bar one by one, each as it is written, in document order.
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

    /// Whether a rule bars this caller by name, and none lets him or many through, which wins. URIs
    /// are compared as those of contacts are: see
    /// [`List::set`](crate::usages::List::set).
    #[must_use]
    pub fn is_caller_barred(&self, uri: &str) -> bool {
        self.in_force(CALLERS).any(|rule| !rule.allows && rule.names_caller(uri))
            && self.allowing_caller(uri).is_none()
    }

    /// Whether a service is active, by the name of its element, such as `communication-waiting`;
    /// `None` where the document has none of that name.
    ///
    /// It is where the attribute is absent, `true` or `1`. Clearwater takes every other value but
    /// `true` for off.
    #[must_use]
    pub fn is_active(&self, service: &str) -> Option<bool> {
        self.service(service).map(|service| service.is_active)
    }

    /// The rule by which calls are let through although another bars them.
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

    /// The rules for this alone that are on, where the service is active.
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
