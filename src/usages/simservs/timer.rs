//! How long a call rings before it is diverted.

use std::time::Duration;

use crate::answer::{Error, Result};
use crate::document::{Draft, Selected};

use super::change::apply;
use super::edit::{Edit, with_text};
use super::names::{DIVERSION, ROOT, children};
use super::new_rule::{new_service, with_service};
use super::service_data::{rules_of, service_of, timers_of};
use super::style::Style;

/// In seconds.
const ALLOWED: std::ops::RangeInclusive<u64> = 5..=180;

/// Sets each timer that the document has. If there is none, adds one to the service.
pub(super) fn set(draft: &mut Draft, time: Duration) -> Result<()> {
    if time.subsec_nanos() != 0 || !ALLOWED.contains(&time.as_secs()) {
        return Err(Error::invalid_input(format!(
            "calls cannot be diverted after {time:?} without an answer; give whole seconds, from {} to {}",
            ALLOWED.start(),
            ALLOWED.end()
        )));
    }
    let seconds = time.as_secs().to_string();
    while let Some(edit) = next(draft, &seconds)? {
        apply(draft, Some(edit))?;
    }
    Ok(())
}

fn next(draft: &Draft, seconds: &str) -> Result<Option<Edit>> {
    let root = ROOT.of(draft)?;
    let Some(service) = service_of(&root, DIVERSION) else {
        let style = Style::inside(&root, "cp");
        let timer = style.services.element("NoReplyTimer").text(seconds);
        return Ok(Some(with_service(&root, new_service(&style, DIVERSION, true).child(timer))));
    };
    let timers = timers(&service);
    if timers.is_empty() {
        let timer = Style::inside(&service, "cp").services.outermost("NoReplyTimer").text(seconds);
        return Ok(Some((service.selector(), service.with_child(None, timer.as_ref()))));
    }
    Ok(timers.iter().find_map(|timer| with_text(timer, seconds)))
}

/// The timer of the service, and the timers in its rules.
fn timers<'x>(service: &Selected<'x>) -> Vec<Selected<'x>> {
    let mut timers = children(service, "NoReplyTimer");
    timers.extend(rules_of(service).iter().flat_map(timers_of));
    timers
}
