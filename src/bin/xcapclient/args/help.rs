//! What the help says after the options.

/// Example commands, each below a comment that says what it does.
pub(crate) const EXAMPLES: &str = include_str!("examples.txt");

/// The end of the short help.
pub(crate) const MORE: &str = "\
Root and address: --xcap-root and --sip-address, the environment's XCAP_ROOT and XCAP_USER, or
~/.xcapclient.ini. The latter also knows ca_file, client_cert, client_key, auth_username, proxy,
timeout and header.

Password: -p, --password-file, the environment's XCAP_PASSWORD, ~/.xcapclient.ini, or, after the
server asked for one, the terminal.

Exit code: 0 success (2xx); 1 no answer; 2 nothing was sent, or an editor failed; 3 any other
status, insert found something, --dry-run foretells a refusal, caps learns nothing;
130 interrupted. backup and restore: that of the documents that failed; the first of 1, 3, 2.";

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
