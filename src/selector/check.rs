//! The check of a selector before it is sent.

use crate::answer::{Error, Result};
use crate::text::{printable, printable_within};
use crate::xml;

use super::node::NodeSelector;
use super::parse::{self, QUOTED};
use super::step::{AttributeTest, NameOrAny, QName, Step, Terminal};
use super::wire::SEPARATOR;

impl NodeSelector {
    /// Checks whether a server could make sense of the selector.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// assert!(NodeSelector::root("resource-lists").child("list").check().is_ok());
    /// let error = NodeSelector::root("cp:ruleset").check().unwrap_err();
    /// assert!(error.to_string().contains("the prefix `cp` is not bound"));
    /// assert!(NodeSelector::root("resource-lists").child("a list").check().is_err());
    /// assert!(NodeSelector::root("resource-lists").nth(0).check().is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input), which names the step: for a name that is not
    /// a QName; a position of 0; a value with a character that XML does not allow; an extension
    /// that is empty, contains a `/` or a control character, or reads like a standard step; a
    /// prefix that is not bound or cannot be bound; and a builder call that had nothing to work on.
    pub fn check(&self) -> Result<()> {
        self.check_shape()?;
        self.check_bindings()
    }

    /// Everything that [`check`](Self::check) does, except for the bindings.
    pub(crate) fn check_shape(&self) -> Result<()> {
        if let Some(call) = self.misplaced {
            return Err(self.refuse(&format!(
                "`{call}` has no step to apply to, or is the second of its kind there"
            )));
        }
        for (index, step) in self.steps.iter().enumerate() {
            check_step(step)
                .map_err(|fault| self.refuse(&format!("step {}: {fault}", index + 1)))?;
        }
        if let Some(Terminal::Attribute(name)) = &self.terminal {
            check_name(name).map_err(|fault| self.refuse(&fault))?;
        }
        // A quote in one extension may be closed in another.
        let is_extended = self.steps.iter().any(|step| matches!(step, Step::Extension(_)));
        if is_extended && parse::expression(&self.to_string(), &[]).is_ok() {
            return Err(self.refuse("its extensions read together as standard steps"));
        }
        Ok(())
    }

    /// Whether every prefix in use is bound, and whether each binding is allowed (RFC 4825 section
    /// 6.4).
    pub(crate) fn check_bindings(&self) -> Result<()> {
        for (prefix, namespace) in self.bindings() {
            check_binding(prefix, namespace).map_err(|fault| self.refuse(&fault))?;
        }
        match self.prefixes().find(|prefix| self.namespace_of(prefix).is_none()) {
            None => Ok(()),
            Some("xmlns") => Err(self.refuse(
                "a namespace declaration is not an attribute and has no selector; `namespace::*` \
                 reads those in scope",
            )),
            Some(prefix) => Err(self.refuse(&format!(
                "the prefix `{prefix}` is not bound; add `.bind(\"{prefix}\", namespace)`, or \
                 `?xmlns({prefix}=namespace)` to an expression",
            ))),
        }
    }

    fn refuse(&self, fault: &str) -> Error {
        let shown = printable_within(&self.to_string(), QUOTED);
        Error::invalid_input(format!("node selector `{shown}`: {fault}"))
    }
}

fn check_step(step: &Step) -> Result<(), String> {
    match step {
        Step::Element { name, position, attribute } => {
            if let NameOrAny::Name(name) = name {
                check_name(name)?;
            }
            if *position == Some(0) {
                return Err("positions count from 1".to_owned());
            }
            attribute.as_ref().map_or(Ok(()), check_test)
        }
        Step::Extension(text) if text.is_empty() => Err("an extension needs a text".to_owned()),
        Step::Extension(text) if text.contains('/') => {
            Err("an extension cannot hold a `/`".to_owned())
        }
        // Whatever carries a URL may resolve these, even percent-encoded, and reach another node.
        Step::Extension(text) if matches!(text.as_str(), "." | ".." | SEPARATOR) => {
            Err(format!("an extension cannot be `{text}`"))
        }
        Step::Extension(text) => match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(format!("an extension cannot hold U+{:04X}", u32::from(c))),
            None if parse::is_standard(text) => Err(format!(
                "`{}` reads as a standard step; build it with `child`, `nth`, `with_attr`, \
                 `attribute` or `namespaces`",
                printable(text)
            )),
            None => Ok(()),
        },
    }
}

fn check_test(test: &AttributeTest) -> Result<(), String> {
    check_name(&test.name)?;
    if xml::is_plain(&test.value) {
        return Ok(());
    }
    match test.value.chars().find(|c| !xml::is_char(*c)) {
        Some(c) => Err(format!(
            "the value of `@{}` holds U+{:04X}, which XML does not allow",
            printable(&test.name.to_string()),
            u32::from(c)
        )),
        None => Ok(()),
    }
}

fn check_name(name: &QName) -> Result<(), String> {
    if name.is_valid() {
        return Ok(());
    }
    Err(format!("`{}` is not an XML name", printable(&name.to_string())))
}

/// The constraints of Namespaces in XML 1.0 section 3 on declarations.
fn check_binding(prefix: &str, namespace: &str) -> Result<(), String> {
    let shown = printable(prefix);
    if !xml::is_ncname(prefix) {
        return Err(format!("`{shown}` is not a prefix that can be bound"));
    }
    if prefix == "xmlns" || (prefix == "xml") != (namespace == roxmltree::NS_XML_URI) {
        return Err(format!("the prefix `{shown}` cannot be bound to `{}`", printable(namespace)));
    }
    if namespace.is_empty() {
        return Err(format!("the prefix `{shown}` is bound to an empty namespace"));
    }
    if let Some(c) = namespace.chars().find(|c| !xml::is_char(*c)) {
        return Err(format!(
            "the prefix `{shown}` is bound to a namespace with U+{:04X}, which XML does not allow",
            u32::from(c)
        ));
    }
    // XPointer would take it for white space after `=`.
    if namespace.starts_with(xml::is_whitespace) {
        return Err(format!(
            "the prefix `{shown}` is bound to `{}`, and `xmlns()` cannot carry white space before \
             a namespace; take it away",
            printable(namespace)
        ));
    }
    Ok(())
}
