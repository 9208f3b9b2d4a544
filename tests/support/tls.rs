//! Certificates made for one test, and a TLS server that shows one of them: both by `openssl`.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test fails where its server does"
)]

#[path = "installed.rs"]
mod installed;

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const CONFIG: &str = "\
[req]
prompt = no
distinguished_name = name
[name]
CN = xcaplib test
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[good]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth, clientAuth
subjectAltName = DNS:localhost, DNS:xcap.example.com, IP:127.0.0.1
subjectKeyIdentifier = hash
[elsewhere]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:elsewhere.example.com
subjectKeyIdentifier = hash
[ca]
default_ca = books
[books]
database = index.txt
new_certs_dir = .
rand_serial = yes
unique_subject = no
policy = anything
default_md = sha256
[anything]
commonName = supplied
";

/// A directory with `ca.pem`, `unknown-ca.pem`, and certificate and key of `good`, `expired`,
/// `elsewhere`, `unknown`, `self-signed` and `client`.
pub struct Certificates {
    dir: PathBuf,
}

impl Certificates {
    /// `None` where `openssl` is not installed, unless `XCAPLIB_REQUIRE_KAMAILIO` is `1`.
    pub fn make() -> Option<Self> {
        if Command::new("openssl").arg("version").stdout(Stdio::null()).status().is_err() {
            installed::skip("openssl");
            return None;
        }
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("xcaplib-tls-{}-{number}", std::process::id());
        let this = Self { dir: std::env::temp_dir().join(name) };
        let _ = fs::remove_dir_all(&this.dir);
        fs::create_dir(&this.dir).unwrap();
        fs::write(this.dir.join("openssl.cnf"), CONFIG).unwrap();
        fs::write(this.dir.join("index.txt"), "").unwrap();
        this.authority("ca");
        this.authority("unknown-ca");
        let (past, future) = ("-startdate 20200101000000Z -enddate 20200201000000Z", "-days 2");
        this.signed("good", "ca", "good", future);
        this.signed("client", "ca", "good", future);
        this.signed("expired", "ca", "good", past);
        this.signed("elsewhere", "ca", "elsewhere", future);
        this.signed("unknown", "unknown-ca", "good", future);
        // A name that no root of the system has.
        this.self_signed("self-signed", "good", "xcaplib-self-signed");
        Some(this)
    }

    /// One that `openssl req -x509` makes with the system's configuration and these options.
    pub fn plain(&self, name: &str, options: &str) {
        self.openssl(&format!(
            "req -x509 {options} -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 \
             -keyout {name}.key -out {name}.pem"
        ));
    }

    fn authority(&self, name: &str) {
        self.self_signed(name, "authority", name);
    }

    fn self_signed(&self, name: &str, extensions: &str, subject: &str) {
        self.openssl(&format!(
            "req -config openssl.cnf -x509 -extensions {extensions} -subj /CN={subject} -days 2 \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
             -keyout {name}.key -out {name}.pem"
        ));
    }

    fn signed(&self, name: &str, authority: &str, extensions: &str, validity: &str) {
        self.openssl(&format!(
            "req -config openssl.cnf -new -subj /CN=localhost \
             -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
             -keyout {name}.key -out {name}.csr"
        ));
        self.openssl(&format!(
            "ca -batch -config openssl.cnf -notext -in {name}.csr -out {name}.pem \
             -cert {authority}.pem -keyfile {authority}.key -extfile openssl.cnf \
             -extensions {extensions} {validity}"
        ));
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(&self.dir)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {text}");
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    pub fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).unwrap()
    }

    /// A certificate with its key, as one PEM text.
    pub fn pair(&self, name: &str) -> Vec<u8> {
        [self.read(&format!("{name}.pem")), self.read(&format!("{name}.key"))].concat()
    }

    /// A server that shows this certificate and gives `text` for the file `path`; with
    /// `wants_client` to clients alone that have a certificate of `ca`.
    pub fn serve(&self, name: &str, wants_client: bool, path: &str, text: &str) -> TlsServer {
        let file = self.path(path.trim_start_matches('/'));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        // `-HTTP`: the file is the whole answer.
        let answer = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            text.len()
        );
        fs::write(file, answer).unwrap();
        TlsServer::start(&self.dir, name, wants_client)
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// `openssl s_server`, ended on drop.
pub struct TlsServer {
    child: Child,
    address: SocketAddr,
}

impl TlsServer {
    fn start(dir: &Path, name: &str, wants_client: bool) -> Self {
        let mut command = Command::new("openssl");
        command.args(["s_server", "-HTTP", "-accept", "127.0.0.1:0"]);
        command.args(["-cert", &format!("{name}.pem"), "-key", &format!("{name}.key")]);
        if wants_client {
            command.args(["-Verify", "1", "-verify_return_error", "-CAfile", "ca.pem"]);
        }
        let mut child = command
            .current_dir(dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("ACCEPT ")?.parse().ok());
        // What it prints of each connection has to go somewhere.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address: address.expect("s_server says where it listens") }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
