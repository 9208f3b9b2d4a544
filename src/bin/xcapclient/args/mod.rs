//! What the program is told: the command line, the accounts of `~/.xcapclient.ini`, passwords.

mod account;
mod action;
mod failure;
mod help;
mod options;
mod password;
mod talk;
mod wording;

pub(crate) use account::{Account, names as account_names};
pub(crate) use action::{Action, Context};
pub(crate) use failure::Failure;
pub(crate) use help::EXAMPLES;
pub(crate) use options::Options;
pub(crate) use talk::Talk;
pub(crate) use wording::worded;
