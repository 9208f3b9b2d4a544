//! What is printed: answers as bytes, as JSON or for the eyes, and what the program says of a call
//! without making it.

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
