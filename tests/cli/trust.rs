//! Certificates of servers and of clients: whom the program trusts, as it is installed.

use std::path::Path;

use crate::bench::{Ended, Home, ended};
use crate::relay::Relay;
use crate::tls::{Certificates, TlsServer};

// Without a colon: `openssl s_server` takes no path with one.
const PATH: &str = "/xcap-root/resource-lists/users/alice/index";
const LISTS: &str = r#"<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists"/>"#;
const GET: &[&str] = &["get", "--app", "resource-lists"];

/// Certificates, and the home of somebody who has an account on a server that shows one of them.
struct Bench {
    certificates: Certificates,
    home: Home,
}

impl Bench {
    /// `None` where no certificates can be made.
    fn new() -> Option<Self> {
        Some(Self { certificates: Certificates::make()?, home: Home::new() })
    }

    fn serve(&self, name: &str, wants_client: bool) -> TlsServer {
        let server = self.certificates.serve(name, wants_client, PATH, LISTS);
        self.account(&root(&server), "");
        server
    }

    fn account(&self, root: &str, more: &str) {
        self.home.ini(&format!("[Account]\nsip_address = alice\nxcap_root = {root}\n{more}"));
    }

    fn file(&self, name: &str) -> String {
        self.certificates.path(name).to_str().unwrap().to_owned()
    }

    fn get(&self, more: &[&str]) -> Ended {
        self.with(more, &[])
    }

    fn with(&self, more: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut command = self.home.command(&[GET, more].concat());
        ended(command.envs(variables.iter().copied()).spawn().unwrap(), b"")
    }
}

fn root(server: &TlsServer) -> String {
    format!("https://localhost:{}/xcap-root", server.address().port())
}

#[track_caller]
fn brings_the_lists(ended: &Ended) {
    assert_eq!((ended.code, ended.text()), (Some(0), LISTS), "{}", ended.stderr);
}

/// No answer came, and the last line ends so.
#[track_caller]
fn ends_with(ended: &Ended, words: &str) {
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let last = ended.stderr.lines().last().unwrap();
    assert!(last.starts_with("FATAL: ") && last.ends_with(words), "{last}");
}

/// What to do about a certificate of nobody who is known.
const NOT_TRUSTED: &str = "; name a file with its authority's certificate with --cacert, or, on a \
                           test bench, take any certificate with -k";

#[test]
fn an_authority_of_ones_own_is_trusted() {
    let Some(bench) = Bench::new() else { return };
    let server = bench.serve("good", false);
    ends_with(&bench.get(&[]), NOT_TRUSTED);
    if cfg!(feature = "rustls") {
        ends_with(
            &bench.get(&[]),
            &format!("TLS: invalid peer certificate: UnknownIssuer{NOT_TRUSTED}"),
        );
    }
    let ca = bench.file("ca.pem");
    brings_the_lists(&bench.get(&["--cacert", &ca]));
    brings_the_lists(&bench.with(&[], &[("SSL_CERT_FILE", &ca)]));

    // Named by the account, from anywhere or in the home directory, or by all accounts.
    bench.home.file("ca.pem", bench.certificates.read("ca.pem"));
    let root = root(&server);
    for name in [&*ca, "ca.pem", "~/ca.pem"] {
        bench.account(&root, &format!("ca_file = {name}\n"));
        brings_the_lists(&bench.get(&[]));
    }
    let unknown = bench.file("unknown-ca.pem");
    bench.account(&root, &format!("[DEFAULT]\nca_file = {ca}\n"));
    brings_the_lists(&bench.get(&[]));
    bench.account(&root, &format!("ca_file = {unknown}\n[DEFAULT]\nca_file = {ca}\n"));
    ends_with(&bench.get(&[]), NOT_TRUSTED);
    // An option goes before both, and the system's store stays beside it.
    brings_the_lists(&bench.get(&["--cacert", &ca]));
    brings_the_lists(&bench.with(&[], &[("SSL_CERT_FILE", &ca)]));
}

#[cfg(not(any(target_os = "macos", windows)))]
#[test]
fn the_systems_store_may_be_a_directory_and_in_disorder() {
    let Some(bench) = Bench::new() else { return };
    let _server = bench.serve("good", false);
    let ca = String::from_utf8(bench.certificates.read("ca.pem")).unwrap();
    // With the name of a certificate in such a directory, as `openssl rehash` makes it.
    bench.home.file("01234567.0", &ca);
    let directory = bench.home.dir();
    brings_the_lists(&bench.with(&[], &[("SSL_CERT_DIR", directory)]));

    let faulty =
        |body: &str| format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
    // One that is no base64, one that is no certificate, and text.
    for broken in [faulty("?"), faulty("AAAA"), "# nothing\n".to_owned()] {
        let store = bench.home.file("store.pem", format!("{broken}{ca}"));
        brings_the_lists(&bench.with(&[], &[("SSL_CERT_FILE", &store)]));
    }
    // A store that is not there is no reason to stop, unless it is all that there is.
    if cfg!(feature = "platform-verifier") {
        return;
    }
    let own = ["--cacert", &bench.file("ca.pem")];
    for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
        let ended = bench.with(&own, &[(name, "/missing")]);
        brings_the_lists(&ended);
        let warning = format!("warning: {name} gives no certificate of an authority: ");
        assert!(ended.stderr.starts_with(&warning), "{}", ended.stderr);
    }
}

/// The store is a pipe here, which tells whether somebody opened it. OpenSSL opens it by itself.
#[cfg(all(feature = "rustls", not(any(target_os = "macos", windows))))]
#[test]
fn the_systems_store_is_read_for_https_alone() {
    use std::fs::OpenOptions;
    use std::sync::mpsc;
    use std::thread;

    let Some(bench) = Bench::new() else { return };
    let http = xcaplib::testing::Server::start().unwrap();
    let server = bench.serve("good", false);
    let store = bench.home.path("store");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &store,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    let (sender, opened) = mpsc::channel();
    thread::spawn({
        let store = store.clone();
        // Waits for each who reads, who then finds nothing.
        move || {
            while OpenOptions::new().write(true).open(&store).is_ok() && sender.send(()).is_ok() {}
        }
    });
    let variables = [("SSL_CERT_FILE", &*store)];
    let ca = bench.file("ca.pem");
    bench.with(&["--xcap-root", &http.root()], &variables);
    // Whoever checks nothing needs no store.
    brings_the_lists(&bench.with(&["-k"], &variables));
    assert!(opened.try_recv().is_err());
    bench.account(&root(&server), "");
    brings_the_lists(&bench.with(&["--cacert", &ca], &variables));
    opened.recv_timeout(std::time::Duration::from_secs(20)).unwrap();
}

#[test]
fn any_certificate_is_taken_if_that_is_said() {
    const WARNING: &str = "warning: --insecure takes any certificate: whoever is in between can \
                           read and change everything, the password too";
    let Some(bench) = Bench::new() else { return };
    for (name, words) in [
        ("self-signed", NOT_TRUSTED),
        ("expired", "; on a test bench, -k takes any certificate"),
        ("elsewhere", "; on a test bench, -k takes any certificate"),
    ] {
        let _server = bench.serve(name, false);
        let ca = bench.file("ca.pem");
        ends_with(&bench.get(&["--cacert", &ca]), words);
        for option in ["-k", "--insecure"] {
            let got = bench.get(&[option]);
            brings_the_lists(&got);
            assert_eq!((got.lines()[0], got.stderr.matches("warning").count()), (WARNING, 1));
            assert!(got.lines()[1].starts_with("get https://"));
        }
    }
    // It is told before anything is asked, and not where no certificate is to be checked.
    let http = xcaplib::testing::Server::start().unwrap();
    let plain = bench.get(&["-k", "--xcap-root", &http.root()]);
    assert!(!plain.stderr.contains("warning"), "{}", plain.stderr);
}

#[test]
fn a_certificate_is_shown_where_it_is_asked_for() {
    let Some(bench) = Bench::new() else { return };
    let server = bench.serve("good", true);
    let (ca, root) = (bench.file("ca.pem"), root(&server));
    let pair = bench.home.file("pair.pem", bench.certificates.pair("client"));
    let (cert, key) = (bench.file("client.pem"), bench.file("client.key"));
    let unknown = bench.home.file("unknown.pem", bench.certificates.pair("unknown"));
    let with = |more: &[&str]| bench.get(&[&["--cacert", &ca], more].concat());

    ends_with(
        &with(&[]),
        "TLS: the server wants a certificate of the client; give it one with --cert and --key",
    );
    ends_with(
        &with(&["--cert", &unknown]),
        "TLS: the server does not take the client's certificate, the one of --cert",
    );
    brings_the_lists(&with(&["--cert", &pair]));
    brings_the_lists(&with(&["--cert", &cert, "--key", &key]));
    // Without an end of the last line.
    let cut = bench.certificates.read("client.pem");
    let cut = bench.home.file("cut.pem", cut.trim_ascii_end());
    brings_the_lists(&with(&["--cert", &cut, "--key", &key]));

    for (own, all) in [
        (format!("client_cert = {pair}\n"), String::new()),
        (format!("client_cert = {cert}\nclient_key = {key}\n"), String::new()),
        (String::new(), format!("client_cert = {cert}\nclient_key = {key}\n")),
        // The key of all accounts is not that of this certificate.
        (format!("client_cert = {pair}\n"), format!("client_cert = {cert}\nclient_key = {key}\n")),
        (format!("client_key = {key}\n"), format!("client_cert = {cert}\n")),
    ] {
        bench.account(&root, &format!("{own}[DEFAULT]\n{all}"));
        brings_the_lists(&with(&[]));
        // Nor is that of the account the option's.
        brings_the_lists(&with(&["--cert", &pair]));
    }
}

#[test]
fn a_proxy_and_an_address_keep_the_name_of_the_server() {
    let Some(bench) = Bench::new() else { return };
    let server = bench.serve("good", false);
    let (ca, root) = (bench.file("ca.pem"), "https://xcap.example.com/xcap-root");
    let relay = Relay::proxy(server.address(), None);
    let proxy = format!("http://127.0.0.1:{}", relay.port());
    let there = format!("xcap.example.com:{}", server.address());
    bench.account(root, &format!("ca_file = {ca}\n"));
    brings_the_lists(&bench.get(&["--proxy", &proxy]));
    assert!(relay.connects()[0].starts_with("CONNECT xcap.example.com:443 HTTP/1.1\r\n"));
    brings_the_lists(&bench.get(&["--resolve", &there]));
    bench.account(root, &format!("ca_file = {ca}\nproxy = {proxy}\n"));
    brings_the_lists(&bench.get(&[]));
    assert_eq!(relay.connections(), 2);

    // A name that the certificate does not have is not taken, wherever it leads.
    let elsewhere = ["--xcap-root", "https://other.example.com/xcap-root"];
    let there = format!("other.example.com:{}", server.address());
    let refused = bench.get(&[&elsewhere[..], &["--proxy", "", "--resolve", &there]].concat());
    ends_with(&refused, "; on a test bench, -k takes any certificate");
}

#[test]
fn what_is_no_certificate_is_refused() {
    let Some(bench) = Bench::new() else { return };
    let _server = bench.serve("good", true);
    let (cert, key) = (bench.file("client.pem"), bench.file("client.key"));
    let none = "the text contains no `-----BEGIN CERTIFICATE-----`";
    let pem =
        bench.home.file("bad.pem", "-----BEGIN CERTIFICATE-----\n?\n-----END CERTIFICATE-----\n");
    for (more, error) in [
        (vec!["--cacert", &key], format!("{key}: {none}")),
        (vec!["--cacert", &pem], format!("{pem}: the text is not PEM")),
        (vec!["--cert", &key], format!("{key}: {none}")),
        (
            vec!["--cert", &cert],
            format!(
                "{cert}: the text contains no private key; add the `-----BEGIN PRIVATE KEY-----`, not \
                 encrypted"
            ),
        ),
        (vec!["--cert", &key, "--key", &key], format!("{key} and {key}: {none}")),
    ] {
        bench.get(&more).is(2, "", &[&format!("error: {error}")]);
    }
}

/// The command has what it takes to do the same, and nothing secret.
#[cfg(unix)]
#[test]
fn curl_trusts_and_shows_the_same() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        eprintln!("test skipped: curl is not installed");
        return;
    }
    let Some(bench) = Bench::new() else { return };
    let server = bench.serve("good", true);
    let (ca, cert) = (bench.file("ca.pem"), bench.file("client.pem"));
    let there = format!("xcap.example.com:{}", server.address());
    let pair = bench.home.file("a:b\\c", bench.certificates.pair("client"));
    let key = bench.file("client.key");
    bench.account("https://xcap.example.com/xcap-root", "");
    for (more, shown) in [
        (vec!["--cacert", &ca, "--cert", &cert, "--key", &key], format!("--key {key} ")),
        (vec!["-k", "--cert", &pair], "curl --insecure ".to_owned()),
    ] {
        let printed = bench.get(&[&more[..], &["--resolve", &there, "--curl"]].concat());
        assert!(printed.text().contains(&shown), "{}", printed.text());
        let mut shell = std::process::Command::new("sh");
        let script = printed.text().replacen("curl ", "curl -s --user alice:x ", 1);
        shell.args(["-c", &script]).current_dir(Path::new(bench.home.dir()));
        let output = shell.output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), LISTS, "{}", printed.text());
    }
}
