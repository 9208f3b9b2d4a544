//! The explanation of a node selector, step by step.

use std::fmt::Write as _;

use xcaplib::{Application, NameOrAny, NodeSelector, QName, Step, Terminal, XCAPClient};

use crate::args::{Failure, worded};
use crate::call::Call;

/// The meaning of the selector, its namespaces, and how it is sent.
pub(crate) fn text(call: &Call<'_>, client: &XCAPClient) -> Result<String, Failure> {
    let selector = call.node.selector()?;
    let mut rows = vec![("application", call.application.clone())];
    if let Some(usage) = Application::lookup(&call.application) {
        rows.push(("media type", usage.media_type.clone().into_owned()));
    }
    rows.push(("document", call.document(client).url()?));
    if let Some(selector) = &selector {
        let names = Meanings { selector, default: call.default_namespace() };
        rows.push(("selector", selector.to_string()));
        rows.extend(selector.steps().iter().map(|step| ("step", names.step(step))));
        rows.extend(selector.terminal().map(|terminal| ("then", names.terminal(terminal))));
        rows.extend(
            selector.bindings().map(|(prefix, uri)| ("namespace", format!("{prefix} = {uri}"))),
        );
        rows.push(("encoded", selector.to_encoded()));
        // The steps are shown even for a selector that is refused.
        if let Err(error) = selector.check() {
            rows.push(("refused", worded(&error.to_string())));
            return Ok(table(&rows));
        }
    }
    rows.push(("url", call.request(client).url()?));
    Ok(table(&rows))
}

fn table(rows: &[(&str, String)]) -> String {
    rows.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name:<12} {value}");
        text
    })
}

/// Explains the namespace of a name.
struct Meanings<'a> {
    selector: &'a NodeSelector,
    default: Option<&'a str>,
}

impl Meanings<'_> {
    fn step(&self, step: &Step) -> String {
        match step {
            Step::Element { name, position, attribute, .. } => {
                let mut text = match (name, position) {
                    (NameOrAny::Any, Some(n)) => {
                        format!("{step}: child number {n}, whatever its name")
                    }
                    (NameOrAny::Any, None) => format!("{step}: the only child, whatever its name"),
                    (NameOrAny::Name(name), Some(n)) => {
                        format!("{step}: number {n} of the elements {}", self.element(name))
                    }
                    (NameOrAny::Name(name), None) => {
                        format!("{step}: the element {}", self.element(name))
                    }
                };
                if let Some(test) = attribute {
                    let _ = write!(
                        text,
                        ", where the attribute {} is {}",
                        self.attribute(&test.name),
                        test.value
                    );
                }
                text
            }
            Step::Extension(_) => format!("{step}: of an extension of XCAP"),
            _ => step.to_string(),
        }
    }

    fn terminal(&self, terminal: &Terminal) -> String {
        match terminal {
            Terminal::Attribute(name) => {
                format!("{terminal}: the attribute {}", self.attribute(name))
            }
            Terminal::Namespaces => format!("{terminal}: the namespace bindings there"),
            _ => terminal.to_string(),
        }
    }

    /// A name without a prefix is in the application usage's default document namespace (section
    /// 6.4).
    fn element(&self, name: &QName) -> String {
        match (name.prefix(), self.default) {
            (None, Some(default)) => format!("{} of {default}", name.local()),
            (None, None) => format!("{} of the root element's namespace", name.local()),
            (Some(prefix), _) => self.prefixed(prefix, name),
        }
    }

    /// A name without a prefix is in no namespace.
    fn attribute(&self, name: &QName) -> String {
        match name.prefix() {
            None => name.local().to_owned(),
            Some(prefix) => self.prefixed(prefix, name),
        }
    }

    fn prefixed(&self, prefix: &str, name: &QName) -> String {
        let bound = self.selector.bindings().find(|(bound, _)| *bound == prefix);
        match bound {
            Some((_, uri)) => format!("{} of {uri}", name.local()),
            None if prefix == "xml" => {
                format!("{} of {}", name.local(), roxmltree::NS_XML_URI)
            }
            None => format!("{} of a namespace that --bind {prefix}=URI has to give", name.local()),
        }
    }
}
