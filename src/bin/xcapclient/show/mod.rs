//! Printing: answers as bytes, as JSON or formatted for reading, and descriptions of a call that is
//! not made.

pub(crate) mod curl;
pub(crate) mod explain;
mod json;
pub(crate) mod listing;
pub(crate) mod manual;
mod markup;
mod output;
mod report;

pub(crate) use output::{Look, Output, replace};
pub(crate) use report::{NO_SUCCESS, report};
