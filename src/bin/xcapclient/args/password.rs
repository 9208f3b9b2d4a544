//! The password from an option.

use std::fs;

use super::failure::Failure;
use super::options::Options;

/// The variable in which scripts pass the password.
pub(super) const VARIABLE: &str = "XCAP_PASSWORD";

/// The password from an option or from a password file.
pub(crate) fn given(options: &Options) -> Result<Option<String>, Failure> {
    if let Some(password) = &options.password {
        return Ok(Some(password.clone()));
    }
    if let Some(path) = &options.password_file {
        let shown = path.display();
        let text = fs::read_to_string(path)
            .map_err(|error| Failure::Usage(format!("cannot read {shown}: {error}")))?;
        let text = text.trim_start_matches('\u{feff}');
        let line = text.lines().next().filter(|line| !line.is_empty());
        let line =
            line.ok_or_else(|| Failure::Usage(format!("{shown} begins with no password")))?;
        return Ok(Some(line.to_owned()));
    }
    Ok(None)
}
