//! How to reach the server, and how each end proves who it is.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;

/// The options about it.
#[derive(Args)]
pub(crate) struct Reach {
    /// File with certificate authorities (PEM) to trust in addition to Mozilla's and the system's
    #[arg(long, value_name = "FILE")]
    pub(super) cacert: Option<PathBuf>,

    /// Accept any certificate, even one that was forged on the way to the server; meant for a test
    /// bench
    #[arg(short = 'k', long)]
    pub(crate) insecure: bool,

    /// File with the certificate to present to the server (PEM), and any intermediate certificates;
    /// it may also contain the private key
    #[arg(long, value_name = "FILE")]
    pub(super) cert: Option<PathBuf>,

    /// File with the private key of that certificate (PEM, not encrypted)
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,

    /// User name for authentication; if left out, the part of the address before the @
    #[arg(long, value_name = "NAME")]
    pub(super) auth_username: Option<String>,

    /// Allow Basic authentication over http, where anybody on the way can read the password
    #[arg(long)]
    pub(crate) allow_basic: bool,

    /// HTTP proxy, for instance http://proxy.example.com:3128, or '' for none; if left out, the one
    /// that the environment names
    #[arg(long, value_name = "URL")]
    pub(super) proxy: Option<String>,

    /// Address and port to connect to for a host, whatever the port in the URL; put an IPv6 address
    /// in brackets
    #[arg(long, value_name = "HOST:IP:PORT", value_parser = resolved)]
    pub(crate) resolve: Vec<(String, SocketAddr)>,
}

impl Reach {
    pub(super) fn files(&self) -> impl Iterator<Item = &Path> {
        [&self.cacert, &self.cert, &self.key].into_iter().flatten().map(PathBuf::as_path)
    }
}

fn resolved(text: &str) -> Result<(String, SocketAddr), String> {
    // An IPv6 address contains colons itself.
    let end = if text.starts_with('[') { text.find("]:").map(|at| at + 1) } else { text.find(':') };
    let (host, address) = end.map_or((text, ""), |end| text.split_at(end));
    let address = address.strip_prefix(':').and_then(|address| address.parse().ok());
    match address {
        Some(address) if !host.is_empty() => Ok((host.to_owned(), address)),
        _ => Err("it is a host, and the address and port to connect to, such as \
                  xcap.example.com:192.0.2.1:8080 or xcap.example.com:[2001:db8::1]:8080"
            .to_owned()),
    }
}
