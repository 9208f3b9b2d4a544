//! The input of the program: the command line, the accounts of `~/.xcapclient.ini`, passwords.

mod account;
mod action;
mod environment;
mod failure;
mod header;
mod headers;
mod help;
mod ini;
mod nearest;
mod options;
mod password;
mod reach;
mod remedy;
mod talk;
mod trust;
mod wording;

pub(crate) use account::Account;
pub(crate) use action::{Action, Context};
pub(crate) use failure::Failure;
pub(crate) use header::Header;
pub(crate) use headers::Headers;
pub(crate) use help::EXAMPLES;
pub(crate) use ini::{Ini, account_names};
pub(crate) use options::Options;
pub(crate) use reach::Reach;
pub(crate) use talk::Talk;
pub(crate) use trust::Trust;
pub(crate) use wording::worded;
