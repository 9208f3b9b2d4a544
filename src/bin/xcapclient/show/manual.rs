//! The manual page.

use std::io::{self, Write as _};

use clap::{Command, CommandFactory as _, ValueEnum as _};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, italic, roman};

use crate::args::{Action, EXAMPLES, Failure, Options};

const EXIT_STATUS: [(&str, &str); 6] = [
    ("0", "Success: the status was 2xx, or there was nothing to send and nothing went wrong."),
    ("1", "There was no answer, or it could not be written."),
    (
        "2",
        "Nothing was sent because of a fault in the command line, a file, a body or a selector; or \
         an editor failed.",
    ),
    (
        "3",
        "The server answered with another status, insert found that its target exists, --dry-run \
         predicts a refusal, or caps learns nothing.",
    ),
    ("130", "The user pressed Ctrl-C at a question."),
    (
        "backup, restore",
        "0 if no document failed. Otherwise the first of these that applies: 1 for no answer, or a \
         file that could not be written; 3 for a status that is not a success; 2 for a file, a \
         manifest or an entry of the directory that cannot be used.",
    ),
];

const ENVIRONMENT: [(&str, &str); 9] = [
    (
        "XCAP_ROOT, XCAP_USER",
        "The XCAP root and your address, if neither --xcap-root and --sip-address nor the account \
         that --account-name names gives them. They override the rest of ~/.xcapclient.ini.",
    ),
    (
        "XCAP_PASSWORD",
        "The password, if neither --password, --password-file nor the account that --account-name \
         names gives it. It overrides the rest of ~/.xcapclient.ini.",
    ),
    (
        "VISUAL, EDITOR",
        "The editor that edit starts: the first of them that is set, or vi if neither is.",
    ),
    ("HOME", "The directory of .xcapclient.ini; on Windows it is USERPROFILE."),
    ("https_proxy, HTTPS_PROXY", "The proxy for https. This machine is always reached directly."),
    ("http_proxy", "The proxy for http. Only the lower-case name counts."),
    ("all_proxy, ALL_PROXY", "The proxy for http or https, if the variable for it is not set."),
    ("no_proxy, NO_PROXY", "Hosts that are reached without the proxy."),
    (
        "SSL_CERT_FILE, SSL_CERT_DIR",
        "The certificate authorities to trust in addition to Mozilla's, in place of the system's.",
    ),
];

const ACCOUNTS: &str = "\
[Account]
sip_address = sip:alice@example.com
xcap_root = https://xcap.example.com/xcap-root
password = 100%secret

# For -a work.
[Account_work]
sip_address = sip:alice@work.example.com
xcap_root = https://xcap.work.example.com
auth_username = 4711
ca_file = ~/work/ca.pem
client_cert = ~/work/alice.pem
client_key = ~/work/alice.key

# For every account that has no value of its own.
[DEFAULT]
proxy = http://proxy.example.com:3128
timeout = 20
header = X-Device: 17
";

const KEYS: &str = "\
sip_address and xcap_root are needed, unless they are given in another way. All other keys are \
optional: password, ca_file, client_cert and client_key (like --cacert, --cert and --key), \
auth_username, proxy (empty for none), timeout, and header (like --add-header). The key header \
may stand several times, and the headers of [DEFAULT] are added to those of the account. A file \
name that does not begin with a slash is relative to the home directory.";

/// The page in roff.
pub(crate) fn page() -> Result<String, Failure> {
    let page = written()
        .map_err(|error| Failure::Fatal(format!("cannot write the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

fn written() -> io::Result<Vec<u8>> {
    // The operands have sections of their own.
    let operands = |command: Command| {
        command
            .mut_arg("action", |operand| operand.hide(true))
            .mut_arg("node_selector", |operand| operand.hide(true))
    };
    let man = Man::new(operands(Options::command())).title("XCAPCLIENT").manual("User Commands");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    synopsis().to_writer(&mut page)?;
    man.render_description_section(&mut page)?;
    operand().to_writer(&mut page)?;
    actions().to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    for section in [exit_status(), environment(), files(), examples(), see_also()] {
        section.to_writer(&mut page)?;
    }
    page.flush()?;
    Ok(page)
}

fn section(title: &str) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [title]);
    section
}

/// Adds a term and its explanation.
fn tagged(section: &mut Roff, term: Inline, text: &str) {
    section.control("TP", []).text([term]).text([roman(text)]);
}

/// Adds lines that keep their breaks.
fn verbatim(section: &mut Roff, text: &str) {
    section.control("PP", []).control("RS", ["4"]).control("nf", []);
    for line in text.lines() {
        section.text([roman(line)]);
    }
    section.control("fi", []).control("RE", []);
}

fn synopsis() -> Roff {
    let mut section = section("SYNOPSIS");
    let words = [
        bold("xcapclient"),
        roman(" ["),
        italic("OPTIONS"),
        roman("] "),
        italic("ACTION"),
        roman(" ["),
        italic("NODE_SELECTOR"),
        roman("]"),
    ];
    section.text(words);
    section
}

fn operand() -> Roff {
    let mut section = Roff::new();
    section.control("PP", []).text([
        roman("A "),
        italic("NODE_SELECTOR"),
        roman(
            " names an element or an attribute (RFC 4825, section 6.3), for instance \
             /resource-lists/list[1]/@name. Without one, the action is about the whole document. \
             Put the selector in quotes, so that the shell leaves it as it is. Names without a \
             prefix are in the default namespace of the application usage. --bind binds a prefix, \
             and --var gives a value. With backup and restore, a directory stands in place of the \
             selector. The Tab key completes the selector from the document on the server, if the \
             shell has read the script that the action completion prints.",
        ),
    ]);
    section
}

fn actions() -> Roff {
    let mut section = section("ACTIONS");
    for action in Action::value_variants() {
        let help = action.to_possible_value().and_then(|value| value.get_help().cloned());
        let help = help.map(|help| help.to_string()).unwrap_or_default();
        tagged(&mut section, bold(action.to_string()), &help);
    }
    section
}

fn exit_status() -> Roff {
    let mut section = section("EXIT STATUS");
    for (code, text) in EXIT_STATUS {
        tagged(&mut section, bold(code), text);
    }
    section
}

fn environment() -> Roff {
    let mut section = section("ENVIRONMENT");
    for (name, text) in ENVIRONMENT {
        tagged(&mut section, bold(name), text);
    }
    section
}

fn files() -> Roff {
    let mut section = section("FILES");
    tagged(
        &mut section,
        italic("~/.xcapclient.ini"),
        "The accounts: who asks, and which server. An option overrides the corresponding value. A \
         value is taken as it stands. If the file contains a password, let nobody else read it.",
    );
    verbatim(&mut section, ACCOUNTS);
    section.control("PP", []).text([roman(KEYS)]);
    section
}

fn examples() -> Roff {
    let mut section = section("EXAMPLES");
    for example in EXAMPLES.split("\n\n") {
        let (says, commands) = example.split_once('\n').unwrap_or((example, ""));
        section.control("PP", []).text([roman(says.trim_start_matches("# "))]);
        verbatim(&mut section, commands);
    }
    section
}

fn see_also() -> Roff {
    let mut section = section("SEE ALSO");
    section.text([bold("curl"), roman("(1), RFC 4825, RFC 4826, RFC 5025")]);
    section
}
