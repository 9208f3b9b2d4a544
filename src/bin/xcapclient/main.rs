//! `xcapclient`: XCAP on the command line.

// Each module imports only the modules before it. A test checks that.

// What goes to standard error.
mod stderr;
// The options, the accounts and the passwords.
mod args;
// The call that these describe, and its outcome.
mod call;
// What is printed.
mod show;
// Changes that are tried first, or made by hand.
mod edit;
// All documents of a user at once.
mod backup;
// The Tab key.
mod complete;

use std::process::ExitCode;

use args::{Action, Failure, Ini, Options};
use call::{Call, Input, Session};
use show::{Look, NO_SUCCESS, Output, curl, explain, listing, manual, report};
use stderr::line;

const INSECURE: &str = "warning: --insecure takes any certificate: whoever is in between can read and \
                        change everything, the password too";

fn main() -> ExitCode {
    if let Some(code) = complete::asked() {
        return code;
    }
    let code = Options::read().and_then(|options| match options {
        Some(options) => run(&options),
        None => Ok(0),
    });
    ExitCode::from(code.unwrap_or_else(|failure| {
        line(&failure.to_string());
        failure.code()
    }))
}

fn run(options: &Options) -> Result<u8, Failure> {
    let look = Look { is_pretty: options.pretty, is_coloured: options.color };
    let output = Output::prepare(options.output_file(), look)?;
    match options.action {
        Action::Completion => return output.print(complete::script(options)?),
        Action::Man => return output.print(&manual::page()?),
        _ => {}
    }
    if options.talk.verbose {
        call::heads::show();
    }
    let ini = Ini::read()?;
    // Printed before the session is made, because a key that one of them is about may make it fail.
    for warning in ini.warnings(options.account_name.as_deref())? {
        options.talk.note(&warning);
    }
    let mut session = Session::new(options, &ini)?;
    if session.account().is_insecure {
        line(INSECURE);
    }
    if matches!(options.action, Action::List | Action::Caps) {
        return list(options, &mut session, &output);
    }
    if options.action.is_about_all() {
        return backup::run(options, &mut session);
    }
    let input = Input::read(options)?;
    let call = Call::new(options, &input, &session)?;
    match options.action {
        Action::Url => output.print(&format!("{}\n", call.request(session.client()).url()?)),
        Action::Explain => output.print(&explain::text(&call, session.client())?),
        // With `--curl`, the file of `-o` is for curl to write.
        _ if options.curl => output.beside().print(&curl::command(&call, &session)?),
        _ if options.dry_run => dry_run(&call, &mut session, &output),
        Action::Edit => edit(&call, &mut session, &output),
        _ => send(&call, &mut session, &output),
    }
}

fn list(options: &Options, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = listing::url(options, session)?;
    options.talk.note(&format!("get {url}"));
    match listing::of(options, session)? {
        Ok(text) => output.print(&text),
        Err(outcome) => report(options, &url, &outcome, output),
    }
}

fn send(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    call.options.talk.note(&format!("{} {url}", call.options.action));
    let outcome = call.send(session)?;
    let code = report(call.options, &url, &outcome, output)?;
    if call.options.talk.verbose && call.options.action.is_change() && outcome.is_bare_refusal() {
        if let Some(text) = edit::expected(call, session) {
            line(&text);
        }
    }
    Ok(code)
}

fn dry_run(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    let talk = &call.options.talk;
    talk.note(&format!("{} {url} (dry run, nothing is sent)", call.options.action));
    let forecast = match edit::forecast(call, session)? {
        Ok(forecast) => forecast,
        Err(outcome) => return report(call.options, &url, &outcome, output),
    };
    match &forecast.result {
        Ok(diff) => {
            talk.note(forecast.status_line());
            output.write_diff(diff)?;
            Ok(0)
        }
        Err(reason) => {
            line(forecast.status_line());
            line(reason);
            Ok(NO_SUCCESS)
        }
    }
}

fn edit(call: &Call<'_>, session: &mut Session<'_>, output: &Output) -> Result<u8, Failure> {
    let url = call.request(session.client()).url()?;
    call.options.talk.note(&format!("edit {url}"));
    match edit::run(call, session)? {
        Some(outcome) => report(call.options, &url, &outcome, output),
        None => {
            call.options.talk.note("nothing was changed");
            Ok(0)
        }
    }
}
