//! Node selectors as XPath 1.0 has them.

#![allow(dead_code, reason = "no test binary uses all of it")]

use xcaplib::{NameOrAny, NodeSelector, QName, Step};

/// The prefix that names without one get where the application usage has a default namespace: XPath
/// 1.0 knows none.
pub(crate) const DEFAULT: &str = "default";

/// An expression for each step, each to be evaluated from the one element that the step before
/// found; `None` where XPath has no equivalent.
pub(crate) fn steps(selector: &NodeSelector, default_ns: Option<&str>) -> Option<Vec<String>> {
    selector.steps().iter().map(|step| expression(step, selector, default_ns)).collect()
}

fn expression(step: &Step, selector: &NodeSelector, default_ns: Option<&str>) -> Option<String> {
    let Step::Element { name, position, attribute, .. } = step else { return None };
    let mut expression = match name {
        NameOrAny::Any => "*".to_owned(),
        NameOrAny::Name(name) if !is_bound(selector, name) => return None,
        NameOrAny::Name(name) if name.prefix().is_none() && default_ns.is_some() => {
            format!("{DEFAULT}:{name}")
        }
        NameOrAny::Name(name) => name.to_string(),
    };
    if let Some(position) = position {
        expression.push_str(&format!("[{position}]"));
    }
    if let Some(test) = attribute {
        if !is_bound(selector, &test.name) {
            return None;
        }
        let quote = if test.value.contains('"') { '\'' } else { '"' };
        expression.push_str(&format!("[@{}={quote}{}{quote}]", test.name, test.value));
    }
    Some(expression)
}

/// Whether the name's prefix, if it has one, is bound.
pub(crate) fn is_bound(selector: &NodeSelector, name: &QName) -> bool {
    match name.prefix() {
        None | Some("xml") => true,
        Some(prefix) => selector.bindings().any(|(bound, _)| bound == prefix),
    }
}
