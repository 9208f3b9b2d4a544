//! The curl command that makes the same call.

use xcaplib::Method;

use crate::args::{Action, Failure};
use crate::call::{self, Call, Session};

/// The command. It holds no password: curl asks for it.
pub(crate) fn command(call: &Call<'_>, session: &Session<'_>) -> Result<String, Failure> {
    let method = match call.options.action {
        Action::Put => Method::Put,
        Action::Delete => Method::Delete,
        _ => Method::Get,
    };
    let request = call.request(session.client());
    if method == Method::Put {
        let body = call.input.bytes();
        request.check(body).map_err(|error| call::refused(error, body))?;
    }
    let mut words = vec!["curl".to_owned()];
    let mut add = |option: &str, value: &str| words.push(format!("{option} {}", quoted(value)));
    // Over http, Basic would send the password in the clear.
    let is_secret = session.account().xcap_root.starts_with("https:");
    let scheme = if is_secret { "--anyauth --user" } else { "--digest --user" };
    add(scheme, session.account().user_name());
    if let Some(timeout) = call.options.timeout {
        add("--max-time", &timeout.as_secs_f64().to_string());
    }
    match method {
        Method::Put => add("--request", "PUT"),
        Method::Delete => add("--request", "DELETE"),
        Method::Get => {}
    }
    let headers = request.header_fields(method)?;
    for (name, value) in &headers {
        add("--header", &format!("{name}: {value}"));
    }
    if call.removes("user-agent") {
        add("--header", "user-agent:");
    }
    if method == Method::Put {
        // Without this curl would send a media type of its own.
        if !headers.iter().any(|(name, _)| name == "content-type") {
            add("--header", "content-type:");
        }
        let file = call.options.input_file().map_or("-".into(), |path| path.to_string_lossy());
        add("--data-binary", &format!("@{file}"));
    }
    if let Some(path) = call.options.output_file() {
        add("--output", &path.to_string_lossy());
        // Else the body of an error would replace what is there.
        words.push("--fail".to_owned());
    }
    words.push(quoted(&request.url()?));
    Ok(words.join(" ") + "\n")
}

/// A word quoted for the shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}
