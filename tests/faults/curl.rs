//! The same answers to curl, which many people trust: where it succeeds and a call fails, the row
//! says why.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::*;

/// The time for one curl: no answer that it takes for a success is slower.
const TIME: &str = "3";
const ROOT: &str = "x/users/sip:alice@example.com/index";

#[test]
fn where_curl_succeeds_and_a_call_fails_the_row_says_why() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        let is_required =
            std::env::var_os("XCAPLIB_REQUIRE_CURL").is_some_and(|value| value == "1");
        assert!(!is_required, "XCAPLIB_REQUIRE_CURL is 1, but curl is not installed");
        let _ = writeln!(std::io::stderr(), "test skipped: curl is not installed");
        return;
    }
    let rows = rows();
    let large = std::env::temp_dir().join(format!("xcaplib-curl-{}", std::process::id()));
    std::fs::write(&large, vec![b'x'; LARGE]).unwrap();
    let successes = AtomicUsize::new(0);
    let failures = complaints_of_all(&rows, |row, place| {
        let Peer::Scripted(script) = &row.server else { return Vec::new() };
        let server = Server::start(Arc::clone(script));
        let is_success = succeeds(row, METHODS[place], &server, &large);
        successes.fetch_add(usize::from(is_success), Ordering::Relaxed);
        let is_unexplained = is_success && row.wants[place].kind.is_some() && row.why.is_none();
        if is_unexplained {
            vec![format!("curl succeeds, not {:?}", row.wants[place])]
        } else {
            Vec::new()
        }
    });
    let _ = std::fs::remove_file(&large);
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    // Else it was not curl that was asked, or not asked rightly.
    assert!(successes.into_inner() >= 100);
}

/// Whether curl ends well, with a success as the last status. It answers challenges and follows
/// redirects too.
fn succeeds(row: &Row, method: Method, server: &Server, large: &Path) -> bool {
    let url = format!("http://{}/{ROOT}", server.address());
    let mut curl = Command::new("curl");
    curl.arg("-q");
    if row.is_primed {
        options(&mut curl);
        curl.args([url.as_str(), "--next"]);
    }
    options(&mut curl);
    match method {
        Method::Get => {}
        Method::Put => {
            curl.args(["--request", "PUT", "--header", "Expect:", "--data-binary"]);
            curl.arg(if row.body > 0 { of_file(large) } else { "<a/>".into() });
        }
        _ => {
            curl.args(["--request", "DELETE"]);
        }
    }
    let ended = curl.arg(&url).stdin(Stdio::null()).stderr(Stdio::null()).output().unwrap();
    let text = String::from_utf8_lossy(&ended.stdout).into_owned();
    let last = text.lines().last().unwrap_or_default();
    ended.status.success() && last.len() == 3 && last.starts_with('2')
}

fn options(curl: &mut Command) {
    curl.args([
        "--silent",
        "--noproxy",
        "*",
        "--max-time",
        TIME,
        "--location",
        "--max-redirs",
        "5",
    ]);
    curl.args(["--anyauth", "--user", "alice:secret", "--output", "/dev/null"]);
    curl.args(["--write-out", "%{http_code}\\n"]);
}

fn of_file(path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from("@");
    text.push(PathBuf::from(path));
    text
}
