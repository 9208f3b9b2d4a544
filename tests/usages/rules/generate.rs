//! Seeded rule sets, in the ways that clients write them.

use super::naive::{DOMAINS, PEOPLE};
use crate::generate::Rng;

const HANDLINGS: [&str; 5] = ["block", "confirm", "polite-block", "allow", ""];
const BETWEEN: [&str; 6] = ["", "\n  ", " ", "\r\n", "<!-- <one id='sip:x@y'/> -->", "<?pi x?>"];

/// How a document writes its names.
struct Writer<'r> {
    rng: &'r mut Rng,
    policy: &'static str,
    presence: &'static str,
    declares: bool,
    /// Whether URIs and domains are in one spelling.
    is_canonical: bool,
    /// How many more conditions may be unknown.
    unknown: usize,
}

pub(crate) fn ruleset(rng: &mut Rng, is_canonical: bool) -> String {
    let (policy, presence, root, declares) = [
        ("", "pr:", "xmlns='CP' xmlns:pr='PR'", false),
        ("cp:", "", "xmlns:cp='CP' xmlns='PR'", false),
        ("cr:", "pr:", "xmlns='PR' xmlns:pr='PR' xmlns:cr='CP'", false),
        ("", "q:", "xmlns='CP'", true),
    ][rng.below(4)];
    let root = root.replace("CP", "urn:ietf:params:xml:ns:common-policy");
    let root = root.replace("PR", "urn:ietf:params:xml:ns:pres-rules");
    let mut writer = Writer { rng, policy, presence, declares, is_canonical, unknown: 4 };
    let rules: String = (0..writer.rng.below(6)).map(|number| writer.rule(number)).collect();
    let end = writer.between();
    format!(
        "<{policy}ruleset {root} xmlns:v='urn:example:vendor' \
         xmlns:ocp='urn:oma:xml:xdm:common-policy'>{rules}{end}</{policy}ruleset>\n"
    )
}

impl Writer<'_> {
    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.rng.below(of.len())]
    }

    fn between(&mut self) -> &'static str {
        self.pick(&BETWEEN)
    }

    fn rule(&mut self, number: usize) -> String {
        let p = self.policy;
        let conditions = self.conditions();
        let actions = self.actions();
        let shown =
            if self.rng.percent(30) { "<v:provide-weather>true</v:provide-weather>" } else { "" };
        let between = self.between();
        format!(
            "{between}<{p}rule id='r{number}'>{between}{conditions}<{p}actions>{actions}</{p}actions>\
             {between}<{p}transformations>{shown}</{p}transformations></{p}rule>"
        )
    }

    fn actions(&mut self) -> String {
        let handling = self.pick(&HANDLINGS);
        if handling.is_empty() {
            return String::new();
        }
        let presence = self.presence;
        let declared =
            if self.declares { " xmlns:q='urn:ietf:params:xml:ns:pres-rules'" } else { "" };
        let space = self.pick(&["", "\n ", " "]);
        format!(
            "<{presence}sub-handling{declared}>{space}{handling}{space}</{presence}sub-handling>"
        )
    }

    fn conditions(&mut self) -> String {
        let p = self.policy;
        let mut inside = Vec::new();
        match self.rng.below(20) {
            0 => return String::new(),
            1 => {}
            2 => inside.push("<ocp:anonymous-request/>".to_owned()),
            3 => inside.extend(self.other()),
            4 | 5 => {
                inside.extend(self.other());
                inside.push(self.identity());
            }
            6 => inside.extend([self.identity(), self.identity()]),
            _ => inside.push(self.identity()),
        }
        let inside: String =
            inside.into_iter().map(|part| format!("{}{part}", self.between())).collect();
        format!("<{p}conditions>{inside}{}</{p}conditions>", self.between())
    }

    /// A condition that depends on what no document tells.
    fn other(&mut self) -> Option<String> {
        let p = self.policy;
        self.unknown = self.unknown.checked_sub(1)?;
        Some(match self.rng.below(5) {
            0 => format!("<{p}sphere value='work home'/>"),
            1 => format!(
                "<{p}validity><{p}from>2026-01-01T00:00:00Z</{p}from>\
                 <{p}until>2027-01-01T00:00:00Z</{p}until></{p}validity>"
            ),
            2 => "<ocp:external-list><ocp:entry anc='http://x/y'/></ocp:external-list>".to_owned(),
            3 => "<ocp:other-identity/>".to_owned(),
            _ => "<v:weather is='fine'/>".to_owned(),
        })
    }

    fn identity(&mut self) -> String {
        let p = self.policy;
        let count = 1 + self.rng.below(4);
        let children: String = (0..count).map(|_| self.named()).collect();
        format!("<{p}identity>{children}{}</{p}identity>", self.between())
    }

    fn named(&mut self) -> String {
        let (p, between) = (self.policy, self.between());
        match self.rng.below(10) {
            0 if self.unknown > 0 => {
                self.unknown -= 1;
                format!("{between}<v:group name='x'/>")
            }
            1..=3 => {
                let domain = if self.rng.percent(40) {
                    format!(" domain='{}'", self.domain())
                } else {
                    String::new()
                };
                let excepts: String = (0..self.rng.below(4)).map(|_| self.except()).collect();
                if excepts.is_empty() {
                    format!("{between}<{p}many{domain}/>")
                } else {
                    format!("{between}<{p}many{domain}>{excepts}</{p}many>")
                }
            }
            _ => format!("{between}<{p}one id=\"{}\"/>", self.uri()),
        }
    }

    fn except(&mut self) -> String {
        let (p, between) = (self.policy, self.between());
        if self.rng.percent(30) {
            return format!("{between}<{p}except domain='{}'/>", self.domain());
        }
        format!("{between}<{p}except id=\"{}\"/>", self.uri())
    }

    fn uri(&mut self) -> &'static str {
        loop {
            let (uri, _, _) = self.pick(&PEOPLE);
            if !self.is_canonical || is_canonical(uri) {
                return uri;
            }
        }
    }

    fn domain(&mut self) -> &'static str {
        let canonical = [DOMAINS[0], DOMAINS[3], DOMAINS[4]];
        let (domain, _) = self.pick(if self.is_canonical { &canonical } else { &DOMAINS[..] });
        domain
    }
}

/// Whether it is in the one spelling by which a server that compares bytes knows the watcher.
pub(crate) fn is_canonical(uri: &str) -> bool {
    let first = |who| PEOPLE.iter().find(|(_, other, _)| *other == who).map(|(uri, _, _)| *uri);
    PEOPLE.iter().any(|(known, who, _)| *known == uri && first(*who) == Some(uri))
}
