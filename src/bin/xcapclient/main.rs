//! `xcapclient`: XCAP on the command line.

mod account;
mod action;
mod application;
mod failure;
mod headers;
mod input;
mod options;
mod output;

use std::process::ExitCode;

use crate::account::Account;
use crate::action::{Call, Outcome};
use crate::failure::Failure;
use crate::input::Input;
use crate::options::Options;
use crate::output::Output;

/// The answer's status is no success.
const NO_SUCCESS: u8 = 3;

fn main() -> ExitCode {
    let options = match Options::read() {
        Ok(options) => options,
        Err(code) => return code,
    };
    match run(&options) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            output::line(&failure.to_string());
            ExitCode::from(failure.code())
        }
    }
}

fn run(options: &Options) -> Result<u8, Failure> {
    let account = Account::find(options)?;
    let output = Output::prepare(options.output.as_deref())?;
    let input = Input::read(options)?;
    let call = Call::new(options, &account, &input)?;
    output::line(&format!("{} {}", options.action, call.url()?));
    let answer = match call.send()? {
        Outcome::Answer(answer) => answer,
        Outcome::Exists(text) => {
            output::line(&text);
            return Ok(NO_SUCCESS);
        }
    };
    let is_success = (200..300).contains(&answer.status());
    output::head(&answer, options.action.is_get() && is_success);
    output.write(answer.body())?;
    Ok(if is_success { 0 } else { NO_SUCCESS })
}
