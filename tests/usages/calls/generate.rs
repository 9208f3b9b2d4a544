//! Seeded simservs documents, and calls.

use xcaplib::Result;
use xcaplib::document::Draft;
use xcaplib::usages::{Bar, Divert, SimServs};

use crate::generate::Rng;

use super::naive::{CALLERS, MEDIA, SERVICES};

const CONDITIONS: [&str; 11] = [
    "busy",
    "no-answer",
    "not-reachable",
    "not-registered",
    "anonymous",
    "roaming",
    "international",
    "international-exHC",
    "communication-diverted",
    "unconditional",
    "presence-status",
];
const NOISE: [&str; 6] = [
    "",
    "\n  ",
    "\r\n\t",
    "<!-- <busy/> -->",
    "<?p <rule-deactivated/>?>",
    "<v:busy xmlns:v='urn:v'><busy/></v:busy>",
];
const ACTIVE: [&str; 6] =
    ["", " active='true'", " active=\"false\"", " active='1'", " active='0'", " active=\"true\""];
const TARGETS: [&str; 4] =
    ["tel:+15550100", " sip:a&amp;b@example.com\n", "", "<![CDATA[tel:+15550101]]>"];

/// How a document writes the two namespaces.
#[derive(Clone, Copy)]
struct Style {
    root: &'static str,
    ruleset: &'static str,
    services: &'static str,
    policy: &'static str,
}

const STYLES: [Style; 5] = [
    Style {
        root: " xmlns='http://uri.etsi.org/ngn/params/xml/simservs/xcap' xmlns:cp='urn:ietf:params:xml:ns:common-policy'",
        ruleset: "",
        services: "",
        policy: "cp:",
    },
    Style {
        root: " xmlns:ss='http://uri.etsi.org/ngn/params/xml/simservs/xcap' xmlns:cp='urn:ietf:params:xml:ns:common-policy'",
        ruleset: "",
        services: "ss:",
        policy: "cp:",
    },
    Style {
        root: " xmlns:ss='http://uri.etsi.org/ngn/params/xml/simservs/xcap'",
        ruleset: " xmlns='urn:ietf:params:xml:ns:common-policy'",
        services: "ss:",
        policy: "",
    },
    Style {
        root: " xmlns:s='http://uri.etsi.org/ngn/params/xml/simservs/xcap' xmlns:cp='urn:other'",
        ruleset: " xmlns:p='urn:ietf:params:xml:ns:common-policy'",
        services: "s:",
        policy: "p:",
    },
    Style {
        root: " xmlns='urn:ietf:params:xml:ns:common-policy' xmlns:cp='http://uri.etsi.org/ngn/params/xml/simservs/xcap'",
        ruleset: "",
        services: "cp:",
        policy: "",
    },
];

pub(super) fn document(rng: &mut Rng) -> String {
    let style = rng.pick(&STYLES);
    let mut services: Vec<_> = SERVICES.iter().filter(|_| rng.percent(75)).collect();
    if rng.percent(50) {
        services.reverse();
    }
    let mut number = 0;
    let mut content = String::new();
    for service in services {
        content += rng.pick(&NOISE);
        let name = format!("{}{service}", style.services);
        let active = rng.pick(&ACTIVE);
        let inside = if *service == "communication-waiting" {
            String::new()
        } else {
            settings(rng, style, service, &mut number)
        };
        content += &format!("<{name}{active}>{inside}</{name}>");
    }
    content += rng.pick(&NOISE);
    let root = format!("{}simservs", style.services);
    format!("<{root}{}>{content}</{root}>", style.root)
}

fn settings(rng: &mut Rng, style: Style, service: &str, number: &mut usize) -> String {
    let mut out = String::new();
    let (s, p) = (style.services, style.policy);
    let is_diversion = service == "communication-diversion";
    if is_diversion && rng.percent(50) {
        out += &format!("<{s}NoReplyTimer>{}</{s}NoReplyTimer>", 10 + rng.below(30));
    }
    if rng.percent(85) {
        out += rng.pick(&NOISE);
        let mut rules = String::new();
        for _ in 0..rng.below(6) {
            *number += 1;
            rules += rng.pick(&NOISE);
            rules += &rule(rng, style, is_diversion, *number);
        }
        rules += rng.pick(&NOISE);
        out += &format!("<{p}ruleset{}>{rules}</{p}ruleset>", style.ruleset);
    }
    out
}

fn rule(rng: &mut Rng, style: Style, is_diversion: bool, number: usize) -> String {
    let (s, p) = (style.services, style.policy);
    let id = if rng.percent(90) { format!(" id='r{number}'") } else { String::new() };
    let mut out = String::new();
    if rng.percent(85) {
        out += &format!("<{p}conditions>{}</{p}conditions>", conditions(rng, style));
    }
    if rng.percent(5) {
        out += "<v:own xmlns:v='urn:v'/>";
    }
    if rng.percent(85) {
        let action = if is_diversion {
            let target = rng.pick(&TARGETS);
            let timer = rng.percent(20).then(|| format!("<{s}NoReplyTimer>9</{s}NoReplyTimer>"));
            format!(
                "<{s}forward-to><{s}target>{target}</{s}target><{s}notify-caller>false</{s}notify-caller></{s}forward-to>{}",
                timer.unwrap_or_default()
            )
        } else {
            let allow = rng.pick(&["false", "false", "true", "0", " 1 "]);
            format!("<{s}allow>{allow}</{s}allow>")
        };
        out += &format!("<{p}actions>{}{action}</{p}actions>", rng.pick(&NOISE));
    }
    format!("<{p}rule{id}>{out}</{p}rule>")
}

fn conditions(rng: &mut Rng, style: Style) -> String {
    let (s, p) = (style.services, style.policy);
    let mut all: Vec<String> = Vec::new();
    for _ in 0..rng.pick(&[0, 0, 1, 1, 1, 1, 2]) {
        // One in the wrong namespace now and then.
        let prefix = if rng.percent(10) { p } else { s };
        all.push(format!("<{prefix}{}/>", rng.pick(&CONDITIONS)));
    }
    if rng.percent(20) {
        let ones = (0..=rng.below(2)).map(|_| {
            let (uri, _) = rng.pick(&CALLERS);
            format!("<{p}one id='{uri}'/>")
        });
        let ones: String = ones.collect();
        let many = if rng.percent(20) {
            format!("<{p}many domain='example.org'/>")
        } else {
            String::new()
        };
        all.push(format!("<{p}identity>{ones}{many}</{p}identity>"));
    }
    if rng.percent(25) {
        let media = rng.pick(&["audio", "video", " audio\n"]);
        all.push(format!("<{s}media>{media}</{s}media>"));
    }
    if rng.percent(5) {
        all.push(format!("<{p}sphere value='work'/>"));
    }
    if rng.percent(40) {
        let at = rng.below(all.len() + 1);
        all.insert(at, format!("<{s}rule-deactivated/>"));
    }
    let noise = rng.pick(&NOISE[..5]);
    all.join(noise)
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Call {
    Divert(Divert, Option<&'static str>, &'static str),
    Stop(Divert, Option<&'static str>),
    Time(u64),
    Bar(Bar, Option<&'static str>),
    StopBarring(Bar, Option<&'static str>),
    Caller(&'static str),
    StopCaller(&'static str),
    Active(&'static str, bool),
}

impl Call {
    pub(super) fn made_up(rng: &mut Rng) -> Self {
        let media = if rng.percent(70) { None } else { rng.pick(&MEDIA) };
        let when = rng.pick(&Divert::ALL);
        let what = rng.pick(Bar::ALL);
        let (caller, _) = rng.pick(&CALLERS);
        match rng.below(10) {
            0..=2 => Self::Divert(when, media, rng.pick(&["tel:+15550100", "sip:c&d@example.com"])),
            3 => Self::Stop(when, media),
            4 => Self::Time(10 + rng.below(10) as u64),
            5 => Self::Bar(what, media),
            6 => Self::StopBarring(what, media),
            7 => Self::Caller(caller),
            8 => Self::StopCaller(caller),
            _ => Self::Active(rng.pick(&SERVICES), rng.percent(50)),
        }
    }

    pub(super) fn make(self, draft: &mut Draft) -> Result<()> {
        let mut calls = SimServs::of(draft)?;
        let of = |calls, media: Option<&str>| match media {
            Some(media) => SimServs::media(calls, media),
            None => calls,
        };
        match self {
            Self::Divert(when, media, to) => of(calls, media).divert(when, to),
            Self::Stop(when, media) => of(calls, media).stop_diverting(when),
            Self::Time(time) => calls.no_answer_after(std::time::Duration::from_secs(time)),
            Self::Bar(what, media) => of(calls, media).bar(what),
            Self::StopBarring(what, media) => of(calls, media).stop_barring(what),
            Self::Caller(uri) => calls.bar_caller(uri),
            Self::StopCaller(uri) => calls.stop_barring_caller(uri).map(drop),
            Self::Active(service, active) => calls.set_active(service, active),
        }
    }
}
