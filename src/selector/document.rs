//! The document selector (RFC 4825 section 6.2): application usage, tree, user and filename.

use std::borrow::Cow;
use std::fmt;
use std::net::Ipv4Addr;

use crate::answer::{Error, Result};
use crate::text::printable;

use super::wire::{SEPARATOR, encode_segment};

/// Which of an application usage's two trees (RFC 4825 section 6.2).
///
/// ```
/// use xcaplib::{Application, Tree};
///
/// let caps = Application::lookup("xcap-caps").unwrap();
/// assert_eq!(caps.tree, Tree::Global);
/// assert_eq!(Tree::Users.to_string(), "users");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tree {
    /// `users`: one home directory for each user.
    Users,
    /// `global`: documents that apply to all users.
    Global,
}

impl Tree {
    fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Global => "global",
        }
    }
}

/// An XCAP user identifier (XUI), with its scheme if it has one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UserId(String);

impl UserId {
    /// `alice@example.com` becomes `sip:alice@example.com`. A URI with a scheme, or a name without
    /// `@`, is kept as it is.
    pub(crate) fn new(text: &str) -> Result<Self> {
        if let Some(address) = bracketed(text) {
            return Err(Error::invalid_input(format!(
                "the user id has a name or angle brackets around its address; give the address \
                 alone, `{}`",
                printable(address)
            )));
        }
        let id = with_scheme(text);
        // This check comes before any text that shows the id.
        if after_password(&id).is_some() {
            return Err(Error::invalid_input(
                "the user id holds a password; give it to the client, not in the user id",
            ));
        }
        check_segment("user id", &id)?;
        if sip_part(&id).is_some_and(|rest| rest.is_empty() || rest.starts_with('@')) {
            return Err(Error::invalid_input(format!(
                "user id `{}` has no user name; give one such as `sip:alice@example.com`",
                printable(&id)
            )));
        }
        Ok(Self(id.into_owned()))
    }

    /// A user id as a server writes it. Nothing is added to it.
    pub(crate) fn exact(text: &str) -> Result<Self> {
        check_segment("user id", text)?;
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn username(&self) -> &str {
        username(&self.0)
    }

    /// The domain name after `@`, without port and parameters.
    pub(crate) fn domain(&self) -> Option<&str> {
        let (_, rest) = self.0.rsplit_once('@')?;
        let end = rest.find([';', '?', ':', '/']).unwrap_or(rest.len());
        let is_name = |domain: &&str| {
            !domain.is_empty() && !domain.starts_with('[') && domain.parse::<Ipv4Addr>().is_err()
        };
        rest.get(..end).filter(is_name)
    }
}

/// The user name for authentication: the part before `@`, without the scheme.
pub(crate) fn username(id: &str) -> &str {
    let name = match id.split_once(':') {
        Some((_, rest)) if has_scheme(id) => rest,
        _ => id,
    };
    name.split_once('@').map_or(name, |(user, _)| user)
}

fn with_scheme(text: &str) -> Cow<'_, str> {
    if text.contains('@') && !has_scheme(text) {
        Cow::Owned(format!("sip:{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What follows the scheme of a SIP or SIPS URI.
fn sip_part(id: &str) -> Option<&str> {
    let (scheme, rest) = id.split_once(':')?;
    let is_sip = ["sip", "sips"].iter().any(|sip| scheme.eq_ignore_ascii_case(sip));
    is_sip.then_some(rest)
}

/// What follows the `@` of a SIP URI with a password; SIP URIs may have one (RFC 3261 section
/// 19.1.1).
fn after_password(id: &str) -> Option<&str> {
    let (userinfo, host) = sip_part(id)?.split_once('@')?;
    userinfo.contains(':').then_some(host)
}

/// The address in `"Bob" <sip:bob@example.com>`, unless it holds a password.
fn bracketed(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('<')?;
    let (address, _) = rest.split_once('>')?;
    let is_address = has_scheme(address) || address.contains('@');
    (is_address && after_password(&with_scheme(address)).is_none()).then_some(address)
}

/// How a user id is shown before it has been checked.
pub(crate) fn shown_user(text: &str) -> Cow<'_, str> {
    match after_password(&with_scheme(text)) {
        Some(host) => Cow::Owned(format!("..@{host}")),
        None => Cow::Borrowed(text),
    }
}

/// Whether a text begins with a scheme (RFC 3986 section 3.1) and its colon.
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// Where a document is, below the XCAP root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentSelector(String);

impl DocumentSelector {
    pub(crate) fn new(auid: &str, tree: Tree, user: &UserId, filename: &str) -> Result<Self> {
        check_segment("application", auid)?;
        let mut path = String::with_capacity(auid.len() + user.0.len() + filename.len() + 16);
        push(&mut path, auid);
        push(&mut path, tree.as_str());
        if tree == Tree::Users {
            push(&mut path, &user.0);
        }
        for segment in filename.split('/') {
            if segment.is_empty() && !filename.is_empty() {
                return Err(Error::invalid_input(format!(
                    "filename `{}` has an empty segment; a `/` separates subdirectories",
                    printable(filename)
                )));
            }
            check_segment("filename", segment)?;
            push(&mut path, segment);
        }
        Ok(Self(path))
    }

    /// The percent-encoded path, with its leading `/`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

fn push(path: &mut String, segment: &str) {
    path.push('/');
    encode_segment(path, segment);
}

/// Refuses a segment that would make the path lead to another document.
fn check_segment(what: &str, segment: &str) -> Result<()> {
    let fault = match segment {
        "" => "is empty",
        "." | ".." => "is a relative path, which would name another document",
        SEPARATOR => "would end the document selector",
        _ if segment.bytes().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0')) => {
            "holds a line break or NUL"
        }
        _ => return Ok(()),
    };
    let hint = match (what, segment) {
        ("filename", "") => "; leave it out for the application usage's own",
        ("user id", "") => "; give one such as `sip:alice@example.com`",
        _ => "",
    };
    Err(Error::invalid_input(format!("{what} `{}` {fault}{hint}", printable(segment))))
}

impl fmt::Display for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
