//! Starts a real Kamailio XCAP server for a test, on ports and in a directory of its own.

#![allow(dead_code, unreachable_pub, reason = "no test binary uses all of it")]
#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may"
)]

#[path = "installed.rs"]
mod installed;

use std::fs::{self, DirBuilder, File};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::DirBuilderExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const KAMAILIO: &str = "/usr/sbin/kamailio";
const TABLES: &str = "/usr/share/kamailio/db_sqlite";
const CONFIG: &str = include_str!("../kamailio/kamailio.cfg");

/// How long a start may take. A tenth of a second is usual, but a first one, with cold disk caches,
/// can take many seconds.
const START: Duration = Duration::from_secs(20);
/// How long the server may take to end by itself.
const STOP: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(10);

/// What the certificate authority and the certificate it signs are made of. A file of our own, as
/// the system's adds extensions that would then be there twice.
const OPENSSL_CONFIG: &str = "\
[req]
prompt = no
distinguished_name = name
[name]
CN = xcaplib test CA
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = DNS:localhost, IP:127.0.0.1
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
";

/// What the server asks of its clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// No authentication.
    Open,
    /// Digest, with a challenge that names no algorithm.
    DigestMd5,
    /// Digest with `algorithm=SHA-256`.
    DigestSha256,
}

/// A running server, stopped on drop. Its realm is `example.com`, its XCAP root `/xcap-root`.
#[derive(Debug)]
pub struct Kamailio {
    dir: PathBuf,
    port: u16,
    tls_port: Option<u16>,
    server: Option<Child>,
}

impl Kamailio {
    /// Starts a server that knows these users, as (name, password), and returns once it answers.
    ///
    /// `None` where Kamailio is not installed, unless `XCAPLIB_REQUIRE_KAMAILIO` is `1`.
    ///
    /// # Panics
    ///
    /// Where it is required and missing, or installed and does not start.
    pub fn start(mode: Mode, tls: bool, users: &[(&str, &str)]) -> Option<Self> {
        if let Some(missing) = missing(tls) {
            installed::skip(&format!("{missing}, which Kamailio needs,"));
            return None;
        }
        let mut kamailio = Self { dir: private_dir(), port: 0, tls_port: None, server: None };
        kamailio.create_database(users);
        if tls {
            kamailio.create_certificates();
        }
        // Between our choice of a port and its use, another process may take it.
        for _ in 0..5 {
            if kamailio.launch(mode, tls) {
                return Some(kamailio);
            }
        }
        panic!("Kamailio found no free port:\n{}", kamailio.log_end());
    }

    /// The XCAP root, `http://127.0.0.1:PORT/xcap-root`.
    pub fn root(&self) -> String {
        format!("http://127.0.0.1:{}/xcap-root", self.port)
    }

    /// The XCAP root over TLS, `https://localhost:PORT/xcap-root`; `127.0.0.1` is in the
    /// certificate too.
    pub fn tls_root(&self) -> String {
        let port = self.tls_port.expect("the server was started without TLS");
        format!("https://localhost:{port}/xcap-root")
    }

    /// The certificate of the authority made for this one server, as PEM.
    pub fn ca_pem(&self) -> Vec<u8> {
        assert!(self.tls_port.is_some(), "the server was started without TLS");
        fs::read(self.dir.join("ca.pem")).expect("read the CA's certificate")
    }

    /// What the server's database holds for a user (the name before `@`; `global` for the global
    /// tree) under the one document URI that contains `doc_uri_part`.
    ///
    /// # Panics
    ///
    /// Where several documents of the user match.
    pub fn stored(&self, user: &str, doc_uri_part: &str) -> Option<String> {
        let sql = format!(
            "SELECT hex(doc) FROM xcap WHERE username={} AND instr(doc_uri, {})>0;",
            sql_text(user),
            sql_text(doc_uri_part)
        );
        let output = self.sqlite(&["-readonly", "-cmd", ".timeout 2000"], &sql);
        let mut rows = output.lines();
        let row = rows.next()?;
        assert_eq!(rows.next(), None, "{user} has several documents matching {doc_uri_part:?}");
        let bytes = row
            .as_bytes()
            .chunks(2)
            .map(|pair| {
                let digits = std::str::from_utf8(pair).expect("hexadecimal digits");
                u8::from_str_radix(digits, 16).expect("hexadecimal digits")
            })
            .collect();
        Some(String::from_utf8(bytes).expect("the stored document is UTF-8"))
    }

    fn create_database(&self, users: &[(&str, &str)]) {
        // WAL, so that looking at the database never locks the server out of it.
        let mut sql = "PRAGMA journal_mode=WAL;\nPRAGMA synchronous=OFF;\nBEGIN;\n".to_owned();
        for table in ["standard", "auth_db", "presence"] {
            let path = format!("{TABLES}/{table}-create.sql");
            sql += &fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        for (name, password) in users {
            sql += &format!(
                "INSERT INTO subscriber(username, domain, password) VALUES({}, 'example.com', {});\n",
                sql_text(name),
                sql_text(password)
            );
        }
        sql += "COMMIT;\n";
        self.sqlite(&[], &sql);
    }

    /// Runs SQL and returns what it printed, a row a line.
    fn sqlite(&self, options: &[&str], sql: &str) -> String {
        let mut child = Command::new("sqlite3")
            .args(["-batch", "-bail", "-init", "/dev/null"])
            .args(options)
            .arg(self.dir.join("xcap.db"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("run sqlite3");
        // It may end early, at an error; that is then in its output. Dropping the pipe closes it.
        let _ = child.stdin.take().expect("a pipe to sqlite3").write_all(sql.as_bytes());
        let output = child.wait_with_output().expect("run sqlite3");
        String::from_utf8(succeeded("sqlite3", output)).expect("sqlite3 prints UTF-8")
    }

    /// A certificate authority, and a certificate of the server signed by it.
    fn create_certificates(&self) {
        let write = |name: &str, text: &str| {
            fs::write(self.dir.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
        };
        let openssl = |arguments: &str| {
            let output = Command::new("openssl")
                .args(arguments.split_whitespace())
                .current_dir(&self.dir)
                .stdin(Stdio::null())
                .output()
                .expect("run openssl");
            succeeded("openssl", output);
        };
        let new_key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256";
        write("openssl.cnf", OPENSSL_CONFIG);
        openssl(&format!(
            "req -config openssl.cnf -x509 -extensions ca {new_key} -days 2 -keyout ca.key -out ca.pem"
        ));
        openssl(&format!(
            "req -config openssl.cnf -new -subj /CN=localhost {new_key} -keyout server.key -out server.csr"
        ));
        openssl(
            "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -set_serial 2 -days 2 -sha256 \
             -extfile openssl.cnf -extensions server -out server.pem",
        );
        let dir = self.dir.display();
        write(
            "tls.cfg",
            &format!(
                "[server:default]\nmethod = TLSv1.2+\nverify_certificate = no\nrequire_certificate = no\n\
                 private_key = {dir}/server.key\ncertificate = {dir}/server.pem\n"
            ),
        );
    }

    /// Starts the server on ports that were free a moment ago; whether they still were.
    fn launch(&mut self, mode: Mode, tls: bool) -> bool {
        // Held together, so that they differ, until the server wants them.
        let listeners = [(); 2].map(|()| {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port on 127.0.0.1")
        });
        let [port, tls_port] = listeners
            .each_ref()
            .map(|listener| listener.local_addr().expect("a bound port").port());
        self.port = port;
        self.tls_port = tls.then_some(tls_port);

        let config = CONFIG
            .replace("@PORT@", &port.to_string())
            .replace("@TLSPORT@", &tls_port.to_string())
            .replace("@DIR@", self.dir.to_str().expect("a UTF-8 path"))
            .replace("@TOKEN@", self.token())
            .replace("@OWNER@", &std::process::id().to_string());
        let config_path = self.dir.join("kamailio.cfg");
        fs::write(&config_path, config).expect("write kamailio.cfg");
        let log = File::create(self.log_path()).expect("create the log");

        let mut command = Command::new(KAMAILIO);
        // -DD: all its processes stay in the foreground. -E: log to stderr. -m, -M: MiB of shared
        // and of private memory.
        command.args(["-DD", "-E", "-m", "256", "-M", "16"]);
        command.arg("-f").arg(config_path);
        command.arg("-Y").arg(&self.dir);
        command.arg("-w").arg(&self.dir);
        let defines: &[&str] = match mode {
            Mode::Open => &[],
            Mode::DigestMd5 => &["WITH_DIGEST"],
            Mode::DigestSha256 => &["WITH_DIGEST", "WITH_SHA256"],
        };
        for define in defines.iter().chain(tls.then_some(&"WITH_TLS")) {
            command.args(["-A", *define]);
        }
        command
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle for the log"))
            .stderr(log)
            .process_group(0);
        drop(listeners);
        self.server = Some(command.spawn().expect("run kamailio"));
        self.wait_until_ready()
    }

    /// Waits until the server answers; false if it ended as a port was taken.
    fn wait_until_ready(&mut self) -> bool {
        let deadline = Instant::now() + START;
        loop {
            if self.answers() {
                return true;
            }
            let server = self.server.as_mut().expect("a started server");
            if let Some(status) = server.try_wait().expect("wait for kamailio") {
                let log = fs::read_to_string(self.log_path()).unwrap_or_default();
                if log.contains("Address already in use") {
                    return false;
                }
                panic!("Kamailio ended ({status}):\n{}", self.log_end());
            }
            assert!(
                Instant::now() < deadline,
                "Kamailio does not answer after {START:?}:\n{}",
                self.log_end()
            );
            thread::sleep(POLL);
        }
    }

    /// Whether it is this server, and no other, that answers on the port.
    fn answers(&self) -> bool {
        let ask = || -> io::Result<String> {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            let timeout = Duration::from_secs(1);
            let mut stream = TcpStream::connect_timeout(&address, timeout)?;
            stream.set_read_timeout(Some(timeout))?;
            stream.set_write_timeout(Some(timeout))?;
            write!(
                stream,
                "GET /ready-{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                self.token()
            )?;
            let mut status = [0; 12];
            stream.read_exact(&mut status)?;
            Ok(String::from_utf8_lossy(&status).into_owned())
        };
        ask().is_ok_and(|status| status == "HTTP/1.1 200")
    }

    /// The directory's name, which no other server has.
    fn token(&self) -> &str {
        let name = self.dir.file_name().and_then(|name| name.to_str());
        name.expect("a directory that we named")
    }

    fn log_path(&self) -> PathBuf {
        self.dir.join("log")
    }

    /// Where the log is, and its last 20 lines.
    fn log_end(&self) -> String {
        let path = self.log_path();
        let log = fs::read(&path).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        let end = &lines[lines.len().saturating_sub(20)..];
        format!("{}:\n{}", path.display(), end.join("\n"))
    }

    fn stop(&mut self) {
        let Some(mut server) = self.server.take() else {
            return;
        };
        let pid = server.id().to_string();
        kill(&["-TERM", &pid]);
        let deadline = Instant::now() + STOP;
        while matches!(server.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(POLL);
        }
        // Whatever is left of it: children, if it crashed or hangs.
        kill(&["-KILL", "--", &format!("-{pid}")]);
        let _ = server.kill();
        let _ = server.wait();
    }
}

impl Drop for Kamailio {
    fn drop(&mut self) {
        self.stop();
        if thread::panicking() {
            eprintln!("Kamailio's log: {}", self.log_path().display());
        } else {
            let _ = fs::remove_dir_all(&self.dir);
        }
    }
}

/// The first thing that is needed and not there.
fn missing(tls: bool) -> Option<String> {
    let mut programs = vec![(KAMAILIO, "-v"), ("sqlite3", "-version"), ("kill", "-l")];
    let mut modules = vec![
        ("xcap_server.so", "kamailio-presence-modules"),
        ("db_sqlite.so", "kamailio-sqlite-modules"),
    ];
    if tls {
        programs.push(("openssl", "version"));
        modules.push(("tls.so", "kamailio-tls-modules"));
    }
    for (program, argument) in programs {
        let runs = Command::new(program)
            .arg(argument)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if runs.is_err() {
            return Some(program.to_owned());
        }
    }
    let module_dirs = module_dirs();
    for (module, package) in modules {
        if !module_dirs.iter().any(|dir| dir.join(module).exists()) {
            return Some(format!("{module} (Debian package {package})"));
        }
    }
    (!Path::new(TABLES).exists()).then(|| TABLES.to_owned())
}

/// Where Kamailio's modules may be: `/usr/lib/kamailio/modules`, or below
/// `/usr/lib/x86_64-linux-gnu` and the like.
fn module_dirs() -> Vec<PathBuf> {
    let below = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    ["/usr/lib".into(), "/usr/lib64".into()]
        .into_iter()
        .chain(below.map(|entry| entry.path()))
        .map(|dir| dir.join("kamailio/modules"))
        .collect()
}

/// A new directory that only we can read: it holds passwords and keys.
fn private_dir() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    loop {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let dir =
            std::env::temp_dir().join(format!("xcaplib-kamailio-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&dir) {
            Ok(()) => return dir,
            // Left by an earlier process of the same number.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{}: {error}", dir.display()),
        }
    }
}

fn sql_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What a program printed, after a check that it succeeded.
fn succeeded(program: &str, output: Output) -> Vec<u8> {
    assert!(
        output.status.success(),
        "{program} failed ({}): {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Sends a signal; to a process that is gone already, it does nothing.
fn kill(arguments: &[&str]) {
    let _ = Command::new("kill")
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
}
