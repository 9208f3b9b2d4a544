//! The manual page.

use clap::CommandFactory as _;

use crate::failure::Failure;
use crate::options::Options;

/// The page in the language of man.
pub(crate) fn page() -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Options::command())
        .render(&mut page)
        .map_err(|error| Failure::Fatal(format!("cannot write the manual page: {error}")))?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
