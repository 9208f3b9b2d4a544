//! Changes of call settings in the shapes that phones and servers write.

use std::time::Duration;

use xcaplib::Result;
use xcaplib::document::Draft;
use xcaplib::usages::{Bar, Divert, SimServs};

use crate::cases::{Case, case};

fn of(draft: &mut Draft) -> Result<SimServs<'_>> {
    SimServs::of(draft)
}

macro_rules! calls {
    ($file:literal, $call:expr, $changes:expr) => {
        case!("simservs.ngn.etsi.org", $file, $call, $changes)
    };
}

pub(crate) const CALLS: &[Case] = &[
    // The default namespace for settings, a prefix for the policy.
    calls!(
        "default-namespace",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550100"),
        [("sip:frontdesk@example.org", "tel:+15550100")]
    ),
    calls!("default-namespace", |d| of(d)?.divert(Divert::Busy, "sip:frontdesk@example.org"), []),
    calls!(
        "default-namespace",
        |d| of(d)?.divert(Divert::NoAnswer, "sip:a&b@example.com"),
        [(
            "</cp:rule></cp:ruleset>",
            "</cp:rule><cp:rule id=\"call-diversion-no-reply\"><cp:conditions><no-answer/></cp:conditions><cp:actions><forward-to><target>sip:a&amp;b@example.com</target></forward-to></cp:actions></cp:rule></cp:ruleset>"
        )]
    ),
    // In front of the rules for some calls.
    calls!(
        "default-namespace",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [(
            "<cp:ruleset>",
            "<cp:ruleset><cp:rule id=\"call-diversion-unconditional\"><cp:conditions/><cp:actions><forward-to><target>tel:+15550100</target></forward-to></cp:actions></cp:rule>"
        )]
    ),
    calls!(
        "default-namespace",
        |d| of(d)?.stop_diverting(Divert::Busy),
        [("<busy/>", "<busy/><rule-deactivated/>")]
    ),
    calls!("default-namespace", |d| of(d)?.stop_diverting(Divert::NotReachable), []),
    calls!(
        "default-namespace",
        |d| of(d)?.no_answer_after(Duration::from_secs(180)),
        [("<NoReplyTimer>35<", "<NoReplyTimer>180<")]
    ),
    calls!(
        "default-namespace",
        |d| of(d)?.bar(Bar::Anonymous),
        [(
            "</communication-diversion>",
            "</communication-diversion><incoming-communication-barring active=\"true\"><cp:ruleset><cp:rule id=\"call-barring-anonymous-incoming\"><cp:conditions><anonymous/></cp:conditions><cp:actions><allow>false</allow></cp:actions></cp:rule></cp:ruleset></incoming-communication-barring>"
        )]
    ),
    calls!(
        "default-namespace",
        |d| of(d)?.set_active("originating-identity-presentation-restriction", true),
        [("restriction active=\"false\"", "restriction active=\"true\"")]
    ),
    // All with prefixes, the policy's on the rule set; the service is not active. What was on, and
    // without effect, goes off with what comes on.
    calls!(
        "prefixed",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [
            (
                "<ss:communication-diversion active=\"false\"",
                "<ss:communication-diversion active=\"true\""
            ),
            (
                "<cp:conditions><ss:rule-deactivated/></cp:conditions>",
                "<cp:conditions></cp:conditions><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions>"
            ),
            ("<ss:busy/>", "<ss:busy/><ss:rule-deactivated/>"),
        ]
    ),
    calls!(
        "prefixed",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550110"),
        [(
            "<ss:communication-diversion active=\"false\"",
            "<ss:communication-diversion active=\"true\""
        )]
    ),
    calls!(
        "prefixed",
        |d| of(d)?.divert(Divert::NotRegistered, "tel:+15550100"),
        [
            (
                "<ss:communication-diversion active=\"false\"",
                "<ss:communication-diversion active=\"true\""
            ),
            ("<ss:busy/>", "<ss:busy/><ss:rule-deactivated/>"),
            (
                "</cp:rule>\n    </cp:ruleset>",
                "</cp:rule><cp:rule id=\"call-diversion-not-logged-in\"><cp:conditions><ss:not-registered/></cp:conditions><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions></cp:rule>\n    </cp:ruleset>"
            ),
        ]
    ),
    calls!("prefixed", |d| of(d)?.stop_diverting(Divert::NoAnswer), []),
    calls!(
        "prefixed",
        |d| of(d)?.no_answer_after(Duration::from_secs(5)),
        [("active=\"false\">", "active=\"false\"><ss:NoReplyTimer>5</ss:NoReplyTimer>")]
    ),
    calls!(
        "prefixed",
        |d| of(d)?.bar(Bar::Incoming),
        [(
            "<ss:communication-waiting active=\"true\"/>",
            "<ss:communication-waiting active=\"true\"/><ss:incoming-communication-barring active=\"true\"><cp:ruleset xmlns:cp=\"urn:ietf:params:xml:ns:common-policy\"><cp:rule id=\"call-barring-all-incoming\"><cp:conditions/><cp:actions><ss:allow>false</ss:allow></cp:actions></cp:rule></cp:ruleset></ss:incoming-communication-barring>"
        )]
    ),
    calls!(
        "prefixed",
        |d| of(d)?.set_active("communication-waiting", false),
        [("waiting active=\"true\"", "waiting active=\"false\"")]
    ),
    calls!(
        "prefixed",
        |d| of(d)?.set_active("communication-diversion", true),
        [("active=\"false\"", "active=\"true\"")]
    ),
    // The timer in the rule, too, or there alone.
    calls!(
        "timer-in-rule",
        |d| of(d)?.no_answer_after(Duration::from_secs(40)),
        [
            (
                "<ss:NoReplyTimer>25</ss:NoReplyTimer><cp:ruleset",
                "<ss:NoReplyTimer>40</ss:NoReplyTimer><cp:ruleset"
            ),
            (
                "<ss:NoReplyTimer>25</ss:NoReplyTimer></cp:actions>",
                "<ss:NoReplyTimer>40</ss:NoReplyTimer></cp:actions>"
            ),
        ]
    ),
    calls!(
        "timer-in-rule",
        |d| of(d)?.divert(Divert::NoAnswer, "tel:+15550100"),
        [("tel:+15550120", "tel:+15550100")]
    ),
    calls!(
        "timer-in-conditions",
        |d| of(d)?.no_answer_after(Duration::from_secs(40)),
        [(" 1000 ", "40")]
    ),
    calls!("timer-in-conditions", |d| of(d)?.divert(Divert::NoAnswer, "tel:+15550121"), []),
    calls!(
        "timer-in-conditions",
        |d| of(d)?.stop_diverting(Divert::NoAnswer),
        [("</ss:NoReplyTimer>", "</ss:NoReplyTimer><ss:rule-deactivated/>")]
    ),
    // All that a diversion can say.
    calls!(
        "forward-to",
        |d| of(d)?.divert(Divert::NotReachable, "tel:+15550100"),
        [("sip:+15550130@ims.example.org;user=phone", "tel:+15550100")]
    ),
    // Rules for one medium are not those for all calls, and the other way round.
    calls!(
        "media",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [(
            "</cp:ruleset>",
            "<cp:rule id=\"call-diversion-unconditional\"><cp:conditions/><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions></cp:rule></cp:ruleset>"
        )]
    ),
    calls!("media", |d| of(d)?.stop_diverting(Divert::Always), []),
    calls!(
        "media",
        |d| of(d)?.media("video").divert(Divert::Always, "tel:+15550100"),
        [("<ss:rule-deactivated/>", ""), ("<ss:target/>", "<ss:target>tel:+15550100</ss:target>"),]
    ),
    calls!(
        "media",
        |d| of(d)?.media("audio").stop_diverting(Divert::Always),
        [("audio</ss:media>", "audio</ss:media><ss:rule-deactivated/>")]
    ),
    calls!(
        "media",
        |d| of(d)?.media("video").divert(Divert::Busy, "tel:+15550100"),
        [(
            "</cp:ruleset>",
            "<cp:rule id=\"call-diversion-busy\"><cp:conditions><ss:busy/><ss:media>video</ss:media></cp:conditions><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions></cp:rule></cp:ruleset>"
        )]
    ),
    // Barring.
    calls!("outgoing", |d| of(d)?.bar(Bar::International), [("<ss:rule-deactivated/>", "")]),
    calls!(
        "outgoing",
        |d| of(d)?.stop_barring(Bar::InternationalExceptHome),
        [("<ss:international-exHC/>", "<ss:international-exHC/><ss:rule-deactivated/>")]
    ),
    calls!("outgoing", |d| of(d)?.stop_barring(Bar::International), []),
    calls!(
        "outgoing",
        |d| of(d)?.bar(Bar::Outgoing),
        [(
            "</cp:rule>\n\t\t</cp:ruleset>",
            "</cp:rule><cp:rule id=\"call-barring-all-outgoing\"><cp:conditions/><cp:actions><ss:allow>false</ss:allow></cp:actions></cp:rule>\n\t\t</cp:ruleset>"
        )]
    ),
    calls!("incoming", |d| of(d)?.bar(Bar::Anonymous), []),
    calls!(
        "incoming",
        |d| of(d)?.stop_barring(Bar::Anonymous),
        [("<anonymous/>", "<anonymous/><rule-deactivated/>")]
    ),
    calls!(
        "incoming",
        |d| of(d)?.bar(Bar::IncomingRoaming),
        [(
            "</cp:rule>\n    </cp:ruleset>",
            "</cp:rule><cp:rule id=\"call-barring-incoming-in-roaming\"><cp:conditions><roaming/></cp:conditions><cp:actions><allow>false</allow></cp:actions></cp:rule>\n    </cp:ruleset>"
        )]
    ),
    calls!("incoming", |d| of(d)?.stop_barring(Bar::IncomingRoaming), []),
    calls!(
        "incoming",
        |d| of(d)?.bar_caller("sip:eve@example.com"),
        [(
            "</cp:rule>\n    </cp:ruleset>",
            "</cp:rule><cp:rule id=\"call-barring-callers\"><cp:conditions><cp:identity><cp:one id=\"sip:eve@example.com\"/></cp:identity></cp:conditions><cp:actions><allow>false</allow></cp:actions></cp:rule>\n    </cp:ruleset>"
        )]
    ),
    calls!(
        "callers",
        |d| of(d)?.bar_caller("sip:eve@example.com"),
        [("</cp:identity>", "<cp:one id=\"sip:eve@example.com\"/></cp:identity>")]
    ),
    calls!("callers", |d| of(d)?.bar_caller("tel:+15550150"), []),
    calls!(
        "callers",
        |d| of(d)?.stop_barring_caller("tel:+15550150"),
        [("<cp:one id=\"tel:+1-555-0150\"/>", "")]
    ),
    calls!(
        "callers",
        |d| {
            let mut calls = of(d)?;
            calls.stop_barring_caller("tel:+15550150")?;
            calls.stop_barring_caller("sip:+15550151@IMS.example.org")
        },
        [(
            "<cp:rule id=\"deny-list\"><cp:conditions><cp:identity><cp:one id=\"tel:+1-555-0150\"/><cp:one id=\"sip:+15550151@ims.example.org\"/></cp:identity></cp:conditions><cp:actions><ss:allow>false</ss:allow></cp:actions></cp:rule>",
            ""
        )]
    ),
    calls!("callers", |d| of(d)?.stop_barring_caller("tel:+15550159"), []),
    // Elements in the wrong one of the two namespaces.
    calls!(
        "wrong-namespace",
        |d| of(d)?.media("audio").divert(Divert::NoAnswer, "tel:+15550100"),
        [("tel:5550160;phone-context=example.org", "tel:+15550100")]
    ),
    calls!(
        "wrong-namespace",
        |d| of(d)?.media("audio").stop_diverting(Divert::NoAnswer),
        [("audio</media>", "audio</media><rule-deactivated/>")]
    ),
    calls!(
        "wrong-namespace",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550100"),
        [(
            "</ruleset>",
            "<cp:rule id=\"call-diversion-busy\"><cp:conditions><busy/></cp:conditions><cp:actions><forward-to><target>tel:+15550100</target></forward-to></cp:actions></cp:rule></ruleset>"
        )]
    ),
    calls!(
        "struct-mapper",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [("tel:+15550170", "tel:+15550100")]
    ),
    calls!(
        "struct-mapper",
        |d| of(d)?.stop_diverting(Divert::Always),
        [(
            "<unconditional/>",
            "<unconditional/><ss:rule-deactivated xmlns:ss=\"http://uri.etsi.org/ngn/params/xml/simservs/xcap\"/>"
        )]
    ),
    calls!(
        "struct-mapper",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550100"),
        [(
            "</ruleset>",
            "<rule id=\"call-diversion-busy\"><conditions><ss:busy xmlns:ss=\"http://uri.etsi.org/ngn/params/xml/simservs/xcap\"/></conditions><actions><ss:forward-to xmlns:ss=\"http://uri.etsi.org/ngn/params/xml/simservs/xcap\"><ss:target>tel:+15550100</ss:target></ss:forward-to></actions></rule></ruleset>"
        )]
    ),
    calls!(
        "struct-mapper",
        |d| of(d)?.no_answer_after(Duration::from_secs(30)),
        [("<NoReplyTimer>0<", "<NoReplyTimer>30<")]
    ),
    // One service alone.
    calls!(
        "one-service",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [(
            "<communication-waiting active=\"false\"/>",
            "<communication-waiting active=\"false\"/><communication-diversion active=\"true\"><cp:ruleset><cp:rule id=\"call-diversion-unconditional\"><cp:conditions/><cp:actions><forward-to><target>tel:+15550100</target></forward-to></cp:actions></cp:rule></cp:ruleset></communication-diversion>"
        )]
    ),
    calls!(
        "one-service",
        |d| of(d)?.no_answer_after(Duration::from_secs(30)),
        [(
            "<communication-waiting active=\"false\"/>",
            "<communication-waiting active=\"false\"/><communication-diversion active=\"true\"><NoReplyTimer>30</NoReplyTimer></communication-diversion>"
        )]
    ),
    calls!("one-service", |d| of(d)?.stop_diverting(Divert::Always), []),
    calls!("one-service", |d| of(d)?.set_active("communication-waiting", false), []),
    calls!(
        "identity",
        |d| of(d)?.set_active("originating-identity-presentation-restriction", false),
        [("active=\"true\"", "active=\"false\"")]
    ),
    calls!(
        "identity",
        |d| of(d)?.set_active("terminating-identity-presentation", false),
        [(
            "</ss:simservs>",
            "<ss:terminating-identity-presentation active=\"false\"/></ss:simservs>"
        )]
    ),
    // What is a vendor's, and what holds for some time, stays as it is.
    calls!(
        "vendor",
        |d| of(d)?.divert(Divert::NotRegistered, "tel:+15550100"),
        [(
            "</cp:rule></cp:ruleset>",
            "</cp:rule><cp:rule id=\"call-diversion-not-logged-in\"><cp:conditions><ss:not-registered/></cp:conditions><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions></cp:rule></cp:ruleset>"
        )]
    ),
    calls!("vendor", |d| of(d)?.stop_diverting(Divert::NotRegistered), []),
    calls!(
        "vendor",
        |d| of(d)?.set_active("communication-waiting", true),
        [(
            "</ss:communication-diversion>",
            "</ss:communication-diversion><ss:communication-waiting active=\"true\"/>"
        )]
    ),
    calls!(
        "vendor",
        |d| of(d)?.set_active("communication-diversion", false),
        [("<ss:communication-diversion>", "<ss:communication-diversion active=\"false\">")]
    ),
    // Rules that have more conditions than one, or that nobody knows.
    calls!("exceptions", |d| of(d)?.stop_diverting(Divert::Busy), []),
    calls!("exceptions", |d| of(d)?.stop_diverting(Divert::Always), []),
    calls!(
        "exceptions",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550100"),
        [
            ("active=\" 1 \"", "active=\"true\""),
            (
                "</cp:rule>\n    </cp:ruleset>",
                "</cp:rule><cp:rule id=\"call-diversion-busy\"><cp:conditions><ss:busy/></cp:conditions><cp:actions><ss:forward-to><ss:target>tel:+15550100</ss:target></ss:forward-to></cp:actions></cp:rule>\n    </cp:ruleset>"
            ),
        ]
    ),
    // Several rules for the same, one without conditions, a prefix that is not the usual one.
    calls!(
        "several",
        |d| of(d)?.divert(Divert::Busy, "tel:+15550100"),
        [
            ("<![CDATA[tel:+15550201]]>", "tel:+15550100"),
            ("<!-- third --><ss:busy/>", "<!-- third --><ss:busy/><ss:rule-deactivated/>"),
        ]
    ),
    calls!(
        "several",
        |d| of(d)?.stop_diverting(Divert::Busy),
        [
            (
                "<p:rule id=\"b\"><p:conditions><ss:busy/>",
                "<p:rule id=\"b\"><p:conditions><ss:busy/><ss:rule-deactivated/>"
            ),
            ("<!-- third --><ss:busy/>", "<!-- third --><ss:busy/><ss:rule-deactivated/>"),
        ]
    ),
    calls!(
        "several",
        |d| of(d)?.stop_diverting(Divert::Always),
        [("<p:rule>", "<p:rule><p:conditions><ss:rule-deactivated/></p:conditions>")]
    ),
    calls!(
        "several",
        |d| of(d)?.divert(Divert::Always, "tel:+15550100"),
        [("tel:+15550203", "tel:+15550100")]
    ),
    calls!(
        "several",
        |d| of(d)?.bar_caller("sip:eve@example.com"),
        [(
            "</ss:communication-diversion>",
            "</ss:communication-diversion><ss:incoming-communication-barring active=\"true\"><p:ruleset><p:rule id=\"call-barring-callers\"><p:conditions><p:identity><p:one id=\"sip:eve@example.com\"/></p:identity></p:conditions><p:actions><ss:allow>false</ss:allow></p:actions></p:rule></p:ruleset></ss:incoming-communication-barring>"
        )]
    ),
];
