//! The application usage, guessed from a root element.

use crate::args::{Failure, Options};

use super::input::Input;

/// Root elements, without their prefixes, and the application usages that they stand for.
const ROOTS: [(&str, &str); 10] = [
    ("resource-lists", "resource-lists"),
    ("rls-services", "rls-services"),
    ("ruleset", "pres-rules"),
    ("pres-rules", "pres-rules"),
    ("presence", "pidf-manipulation"),
    ("dialog", "org.openxcap.dialog-rules"),
    ("watchers", "org.openxcap.watchers"),
    ("icon", "oma_status-icon"),
    ("xcap-directory", "org.openmobilealliance.xcap-directory"),
    ("xcap-caps", "xcap-caps"),
];

/// The application usage: the one that is named, or that of the selector's first step, or that of
/// the document to send.
pub(crate) fn of(options: &Options, input: &Input) -> Result<String, Failure> {
    if let Some(app) = &options.app {
        return Ok(app.clone());
    }
    let node = options.node_selector.as_deref().filter(|node| !node.is_empty());
    let input = String::from_utf8_lossy(input.bytes());
    let root = match node {
        Some(node) => first_step(node),
        None => root_element(&input).unwrap_or_default(),
    };
    let local = root.rsplit(':').next().unwrap_or_default();
    of_root(local).map(str::to_owned).ok_or_else(|| {
        Failure::Usage("the application usage cannot be guessed; give it with --app".to_owned())
    })
}

/// What a root element stands for.
pub(crate) fn of_root(local: &str) -> Option<&'static str> {
    ROOTS.iter().find(|(name, _)| *name == local).map(|(_, app)| *app)
}

/// The application usages that can be guessed.
pub(crate) fn guessed() -> impl Iterator<Item = &'static str> {
    ROOTS.iter().map(|(_, app)| *app)
}

fn first_step(node: &str) -> &str {
    let node = node.trim_start_matches('/');
    node.split(['/', '[', '?']).next().unwrap_or_default()
}

/// The name of the first start tag, whatever stands before it.
fn root_element(text: &str) -> Option<&str> {
    let mut rest = text;
    loop {
        let (_, markup) = rest.split_once('<')?;
        rest = if let Some(comment) = markup.strip_prefix("!--") {
            comment.split_once("-->")?.1
        } else if markup.starts_with('?') {
            markup.split_once("?>")?.1
        } else if markup.starts_with('!') {
            markup.split_once('>')?.1
        } else {
            return markup.split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next();
        };
    }
}
