//! A server, a home directory with an account on it, and the program run there.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use xcaplib::testing::{Auth, Fault, Profile, RecordedRequest, Server};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_xcapclient");
pub(crate) const ALICE: &str = "sip:alice@example.com";
pub(crate) const PASSWORD: &str = "100%s; #secret";
pub(crate) const LISTS: &str = concat!(
    "<resource-lists xmlns=\"urn:ietf:params:xml:ns:resource-lists\">\r\n",
    "<list name=\"friends &amp; more\"><entry uri=\"sip:bob@example.com\"/></list>\n",
    "</resource-lists>"
);
pub(crate) const EMPTY: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;

/// What the program would otherwise have from whoever runs the tests.
const NOT_INHERITED: [&str; 12] = [
    "XCAP_PASSWORD",
    "XCAP_ROOT",
    "XCAP_USER",
    "VISUAL",
    "EDITOR",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
];

pub(crate) struct Bench {
    pub(crate) server: Server,
    pub(crate) home: Home,
}

/// A home directory, and the current one of the program.
pub(crate) struct Home(PathBuf);

/// How the program ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self::of(Profile::Rfc4825)
    }

    pub(crate) fn of(profile: Profile) -> Self {
        let server = Server::builder()
            .profile(profile)
            .auth(Auth::Digest)
            .user(ALICE, PASSWORD)
            .user("sip:bob@example.com", "hidden")
            .writable_global(true)
            .start()
            .unwrap();
        Self::at(server)
    }

    /// With an account on this server.
    pub(crate) fn at(server: Server) -> Self {
        let home = Home::new();
        home.ini(&format!(
            "[Account]\nsip_address = {ALICE}\npassword = {PASSWORD}\nxcap_root = {}\n",
            server.root()
        ));
        Self { server, home }
    }

    pub(crate) fn with_lists() -> Self {
        let bench = Self::new();
        bench.set(LISTS);
        bench
    }

    /// Where nobody's password is known.
    pub(crate) fn without_password() -> Self {
        let bench = Self::with_lists();
        bench.ini(&format!(
            "[Account]\nsip_address = {ALICE}\nxcap_root = {}\n",
            bench.server.root()
        ));
        bench
    }

    pub(crate) fn ini(&self, text: &str) {
        self.home.ini(text);
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.home.path(name)
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        self.home.file(name, bytes)
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        self.home.command(args)
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ended {
        self.home.run_with(args, b"")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: impl AsRef<[u8]>) -> Ended {
        self.home.run_with(args, input.as_ref())
    }

    pub(crate) fn index(&self) -> String {
        format!("{}/resource-lists/users/{ALICE}/index", self.server.root())
    }

    /// Alice's lists, and their ETag.
    pub(crate) fn set(&self, text: &str) -> String {
        self.server.set_document("resource-lists", ALICE, "index", text).to_string()
    }

    pub(crate) fn stored(&self) -> Option<String> {
        let document = self.server.document("resource-lists", ALICE, "index");
        document.map(|document| document.text().to_owned())
    }

    pub(crate) fn etag(&self) -> String {
        self.server.document("resource-lists", ALICE, "index").unwrap().etag().to_string()
    }

    pub(crate) fn last(&self) -> RecordedRequest {
        self.server.requests().pop().unwrap()
    }

    /// The methods of the requests that were more than a question for the challenge.
    pub(crate) fn methods(&self) -> Vec<String> {
        let requests = self.server.requests();
        let answered = requests.iter().filter(|request| request.header("authorization").is_some());
        answered.map(|request| request.method().to_owned()).collect()
    }
}

impl Home {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let home = std::env::temp_dir().join(format!("xcapclient-{}-{number}", std::process::id()));
        fs::create_dir_all(&home).unwrap();
        Self(home)
    }

    pub(crate) fn ini(&self, text: &str) {
        self.file(".xcapclient.ini", text);
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn dir(&self) -> &str {
        self.0.to_str().unwrap()
    }

    pub(crate) fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    /// What is in it.
    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// What the program is given of its surroundings.
    pub(crate) fn environment(&self) -> [(&'static str, &str); 3] {
        [("HOME", self.dir()), ("USERPROFILE", self.dir()), ("TMPDIR", self.dir())]
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(args).envs(self.environment()).current_dir(&self.0);
        for name in NOT_INHERITED {
            command.env_remove(name);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ended {
        ended(self.command(args).spawn().unwrap(), input)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn ended(mut child: Child, input: &[u8]) -> Ended {
    let stdin = child.stdin.take();
    let input = input.to_vec();
    // A program that reads nothing may be gone before all is written.
    let writer = thread::spawn(move || stdin.map(|mut stdin| stdin.write_all(&input)));
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    Ended { code: status.code(), stdout, stderr: String::from_utf8(stderr).unwrap() }
}

impl Ended {
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: impl AsRef<[u8]>, stderr: &[&str]) {
        assert_eq!(self.lines(), stderr);
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        let (found, expected) = (&self.stdout, stdout.as_ref());
        assert!(
            found == expected,
            "found: {}\nexpected: {}",
            String::from_utf8_lossy(found),
            String::from_utf8_lossy(expected)
        );
    }

    /// Nothing on standard output, one line on the other.
    #[track_caller]
    pub(crate) fn is_refused(&self, code: i32, begins: &str) {
        assert_eq!(self.code, Some(code), "{}", self.stderr);
        assert!(self.stdout.is_empty());
        let last = self.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with(begins), "{}", self.stderr);
        assert!(self.stderr.lines().count() <= 2, "{}", self.stderr);
    }

    /// Nothing on standard output; an error with the place where it is below.
    #[track_caller]
    pub(crate) fn is_refused_with_caret(&self) {
        assert_eq!(self.code, Some(2), "{}", self.stderr);
        assert!(self.stdout.is_empty());
        let lines = self.lines();
        let [.., error, _, caret] = &lines[..] else { panic!("{}", self.stderr) };
        assert!(error.starts_with("error: ") && caret.trim() == "^", "{}", self.stderr);
    }

    pub(crate) fn lines(&self) -> Vec<&str> {
        self.stderr.lines().collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).unwrap()
    }
}

pub(crate) fn answer(status: u16, content_type: &str, body: &[u8]) -> Fault {
    let headers = vec![("Content-Type".to_owned(), content_type.to_owned())];
    Fault::Answer { status, headers, body: body.to_vec() }
}
