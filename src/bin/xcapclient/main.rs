//! `xcapclient`: XCAP on the command line.

mod account;
mod application;
mod call;
#[path = "../../text/caret.rs"]
mod caret;
mod complete;
mod curl;
mod diff;
mod draft;
mod dry_run;
mod edit;
mod explain;
mod failure;
mod headers;
mod help;
mod input;
mod inventory;
mod json;
mod manual;
mod markup;
mod node;
mod options;
mod output;
mod password;
mod session;
mod terminal;

use std::process::ExitCode;

use crate::call::{Call, Outcome};
use crate::failure::Failure;
use crate::headers::Headers;
use crate::input::Input;
use crate::options::{Action, Options};
use crate::output::{Look, Output};
use crate::session::Session;

const NOT_MODIFIED: u16 = 304;

/// The answer's status is no success.
const NO_SUCCESS: u8 = 3;

fn main() -> ExitCode {
    if let Some(code) = complete::asked() {
        return code;
    }
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
    let look = Look { is_pretty: options.pretty, is_coloured: options.color };
    let output = Output::prepare(options.output_file(), look)?;
    match options.action {
        Action::Completion => return output.print(complete::script(options)?),
        Action::Man => return output.print(&manual::page()?),
        _ => {}
    }
    let headers = Headers::new(&options.headers);
    let mut session = Session::new(options, &headers)?;
    if matches!(options.action, Action::List | Action::Caps) {
        return take_stock(options, &mut session, &output);
    }
    let input = Input::read(options)?;
    let call = Call::new(options, &headers, &input, session.user())?;
    match options.action {
        Action::Url => output.print(&format!("{}\n", call.request(session.client()).url()?)),
        Action::Explain => output.print(&explain::text(&call, session.client())?),
        _ if options.curl => output.print(&curl::command(&call, &session)?),
        _ if options.dry_run => foretell(&call, &mut session, &output),
        Action::Edit => edit(&call, &mut session, &output),
        _ => send(&call, &mut session, &output),
    }
}

fn send(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    output::line(&format!("{} {url}", call.options.action));
    let outcome = call.send(session)?;
    show(call.options, &url, &outcome, output)
}

/// The answer, in the way that is asked for, and what the exit code says of it.
fn show(options: &Options, url: &str, outcome: &Outcome, output: &Output) -> Result<u8, Failure> {
    let code = match outcome {
        Outcome::Answer(answer) => {
            let is_success = call::is_success(answer);
            output::head(answer, options.action.is_get() && is_success);
            if is_success { 0 } else { NO_SUCCESS }
        }
        Outcome::Remark(text) => {
            output::line(text);
            NO_SUCCESS
        }
    };
    match outcome {
        _ if options.json => output.write(json::outcome(url, outcome).as_bytes())?,
        // It says that what is there already is right.
        Outcome::Answer(answer) if answer.status() == NOT_MODIFIED => {}
        Outcome::Answer(answer) => output.write_body(answer)?,
        Outcome::Remark(_) => {}
    }
    Ok(code)
}

fn foretell(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    output::line(&format!("{} {url} (dry run, nothing is sent)", call.options.action));
    let forecast = match dry_run::of(call, session)? {
        Ok(forecast) => forecast,
        Err(outcome) => return show(call.options, &url, &outcome, output),
    };
    output::line(forecast.status_line());
    match forecast.result {
        Ok(diff) => {
            output.write_diff(&diff)?;
            Ok(0)
        }
        Err(reason) => {
            output::line(&reason);
            Ok(NO_SUCCESS)
        }
    }
}

fn edit(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    output::line(&format!("edit {url}"));
    match edit::run(call, session)? {
        Some(outcome) => show(call.options, &url, &outcome, output),
        None => {
            output::line("nothing was changed");
            Ok(0)
        }
    }
}

fn take_stock(
    options: &Options,
    session: &mut Session<'_>,
    output: &Output,
) -> Result<u8, Failure> {
    let url = inventory::url(options, session)?;
    output::line(&format!("get {url}"));
    match inventory::of(options, session)? {
        Ok(text) => output.print(&text),
        Err(outcome) => show(options, &url, &outcome, output),
    }
}
