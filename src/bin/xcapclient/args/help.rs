//! What the help says after the options.

/// Example commands, each below a comment that says what it does.
pub(crate) const EXAMPLES: &str = include_str!("examples.txt");

/// The end of the short help.
pub(crate) const MORE: &str = "\
Root and address come from --xcap-root and --sip-address, from the environment variables XCAP_ROOT
and XCAP_USER, or from ~/.xcapclient.ini. That file may also have the keys ca_file, client_cert,
client_key, auth_username, proxy, timeout and header.

The password comes from -p, --password-file, the environment variable XCAP_PASSWORD,
~/.xcapclient.ini, or, after the server has asked for one, from the terminal.

Exit code: 0 success (2xx); 1 no answer; 2 nothing was sent, or an editor failed; 3 any other
status, insert found that its target exists, --dry-run predicts a refusal, or caps learns nothing;
130 interrupted. If documents fail in backup or restore: the first of 1, 3 and 2 that applies.";

/// The end of the long help.
pub(crate) fn more_and_examples() -> String {
    format!("{MORE}\n\nExamples:\n\n{}", indented(EXAMPLES))
}

fn indented(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(|line| if line.is_empty() { String::new() } else { format!("  {line}") })
        .collect();
    lines.join("\n")
}
