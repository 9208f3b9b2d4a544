//! Selectors (RFC 4825 section 6): which document, and which node of it.

mod document;
mod parse;
mod step;
mod wire;
mod xmlns;

pub use document::Tree;
pub(crate) use document::{DocumentSelector, SEPARATOR, UserId, shown_user};
pub use step::{AttributeTest, NameOrAny, QName, Step, Terminal};
pub(crate) use wire::{encode_raw, malformed_escape};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result, printable, printable_within};
use crate::xml;

/// The longest stretch of an expression that an error text quotes, in characters.
const QUOTED: usize = 80;
/// Room for as many steps as most selectors have.
const TYPICAL_STEPS: usize = 4;

/// A node selector: which element, attribute or namespace bindings of a document
/// (RFC 4825 section 6.3), with the namespace bindings of its prefixes (section 6.4).
///
/// Built step by step, parsed from an expression, or read from its wire form. It is immutable, and
/// no value can change its shape: quoting, escaping and percent-encoding are done here.
///
/// ```
/// use xcaplib::NodeSelector;
///
/// let built = NodeSelector::root("resource-lists")
///     .child("list").with_attr("name", "friends")
///     .child("entry").nth(2);
/// let parsed: NodeSelector = "/resource-lists/list[@name='friends']/entry[2]".parse()?;
/// assert_eq!(built, parsed);
/// assert_eq!(parsed.to_string(), r#"/resource-lists/list[@name="friends"]/entry[2]"#);
/// assert_eq!(parsed.to_encoded(), "/resource-lists/list%5B@name=%22friends%22%5D/entry%5B2%5D");
/// # Ok::<(), xcaplib::Error>(())
/// ```
///
/// [`Display`](fmt::Display) gives the expression without percent-encoding and without its
/// bindings, preferring `"` as a delimiter; [`FromStr`] takes it back, leading `/` or not, and also
/// takes an `xmlns()` query after a `?`. Two selectors are equal when their steps and their bindings
/// are, however their values were quoted.
///
/// The builder never fails. What is wrong with a name, a position, a prefix or the order of the
/// calls is what [`check`](Self::check) reports, and every request that uses the selector reports
/// it before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeSelector {
    steps: Vec<Step>,
    terminal: Option<Terminal>,
    bindings: BTreeMap<String, String>,
    /// The first builder call that had nothing to apply to.
    misplaced: Option<&'static str>,
}

impl NodeSelector {
    /// A selector of the document's root element; `"*"` is a root of any name.
    #[must_use]
    pub fn root(name: &str) -> Self {
        Self::of(element(name))
    }

    fn of(root: Step) -> Self {
        let mut steps = Vec::with_capacity(TYPICAL_STEPS);
        steps.push(root);
        Self::of_steps(steps)
    }

    fn of_steps(steps: Vec<Step>) -> Self {
        Self { steps, terminal: None, bindings: BTreeMap::new(), misplaced: None }
    }

    /// Goes on to a child element of this name, which may have a prefix; `"*"` is
    /// [`any_child`](Self::any_child).
    #[must_use]
    pub fn child(self, name: &str) -> Self {
        self.step("child", element(name))
    }

    /// Goes on to a child element of any name: `*`.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let second = NodeSelector::root("resource-lists").any_child().nth(2);
    /// assert_eq!(second.to_string(), "/resource-lists/*[2]");
    /// ```
    #[must_use]
    pub fn any_child(self) -> Self {
        self.step("any_child", element("*"))
    }

    /// Goes on to a step that an extension of XCAP defines. `text` is its unencoded form, which no
    /// standard step may have.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let extended = NodeSelector::root("resource-lists").extension("last()");
    /// assert_eq!(extended.to_string(), "/resource-lists/last()");
    /// assert!(NodeSelector::root("resource-lists").extension("list[2]").check().is_err());
    /// ```
    #[must_use]
    pub fn extension(self, text: &str) -> Self {
        self.step("extension", Step::Extension(text.to_owned()))
    }

    fn step(mut self, call: &'static str, step: Step) -> Self {
        if self.terminal.is_some() {
            return self.misplace(call);
        }
        self.steps.push(step);
        self
    }

    /// Narrows the last step to the element at this position, counted from 1.
    ///
    /// The position is evaluated before an attribute test, whichever call comes first: `nth` and
    /// `with_attr` together make `name[n][@attr="value"]` (RFC 4825 section 6.3).
    #[must_use]
    pub fn nth(mut self, n: usize) -> Self {
        match (self.steps.last_mut(), &self.terminal) {
            (Some(Step::Element { position: slot @ None, .. }), None) => *slot = Some(n),
            _ => return self.misplace("nth"),
        }
        self
    }

    /// Narrows the last step to an element whose attribute has this value.
    ///
    /// Any text may be the value; a character that XML does not allow is what
    /// [`check`](Self::check) reports.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let list = NodeSelector::root("resource-lists").child("list").with_attr("name", "\"A\" & 'B'");
    /// assert_eq!(
    ///     list.to_string(),
    ///     r#"/resource-lists/list[@name="&quot;A&quot; &amp; 'B'"]"#,
    /// );
    /// ```
    #[must_use]
    pub fn with_attr(mut self, name: &str, value: &str) -> Self {
        match (self.steps.last_mut(), &self.terminal) {
            (Some(Step::Element { attribute: slot @ None, .. }), None) => {
                *slot = Some(AttributeTest { name: QName::new(name), value: value.to_owned() });
            }
            _ => return self.misplace("with_attr"),
        }
        self
    }

    /// Ends in an attribute of the last step's element: `@name`.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let name = NodeSelector::root("resource-lists").child("list").nth(1).attribute("name");
    /// assert_eq!(name.to_string(), "/resource-lists/list[1]/@name");
    /// ```
    #[must_use]
    pub fn attribute(self, name: &str) -> Self {
        self.end("attribute", Terminal::Attribute(QName::new(name)))
    }

    /// Ends in the namespace bindings in scope at the last step's element: `namespace::*`.
    ///
    /// They can be read and not changed (RFC 4825 section 7.10).
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let bindings = NodeSelector::root("resource-lists").namespaces();
    /// assert_eq!(bindings.to_string(), "/resource-lists/namespace::*");
    /// ```
    #[must_use]
    pub fn namespaces(self) -> Self {
        self.end("namespaces", Terminal::Namespaces)
    }

    fn end(mut self, call: &'static str, terminal: Terminal) -> Self {
        if self.terminal.is_some() {
            return self.misplace(call);
        }
        self.terminal = Some(terminal);
        self
    }

    fn misplace(mut self, call: &'static str) -> Self {
        self.misplaced.get_or_insert(call);
        self
    }

    /// Binds a prefix to a namespace URI; a second binding of a prefix replaces the first.
    ///
    /// The bindings travel in the query, as `xmlns()` parts (RFC 4825 section 6.4).
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let rules = NodeSelector::root("cp:ruleset").bind("cp", "urn:ietf:params:xml:ns:common-policy");
    /// assert_eq!(
    ///     rules.to_encoded(),
    ///     "/cp:ruleset?xmlns(cp=urn:ietf:params:xml:ns:common-policy)",
    /// );
    /// ```
    #[must_use]
    pub fn bind(mut self, prefix: &str, namespace: &str) -> Self {
        self.bindings.insert(prefix.to_owned(), namespace.to_owned());
        self
    }

    /// The wire form: percent-encoded path, and the `xmlns()` query where there are bindings.
    ///
    /// It begins with `/` and follows the node selector separator in a URI.
    #[must_use]
    pub fn to_encoded(&self) -> String {
        let mut out = self.encoded_path();
        if let Some(query) = self.encoded_query() {
            out.push('?');
            out.push_str(&query);
        }
        out
    }

    /// Reads the wire form, query included, as RFC examples and other clients print it.
    ///
    /// Takes it with and without a leading `/`, lower-case hex digits, characters that should have
    /// been encoded, and a whole request URI, of which the part after the first `~~` is read.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let selector = NodeSelector::from_encoded(
    ///     "resource-lists/list%5b@name=%22friends%22%5d/cp:x?xmlns(cp=urn:x)",
    /// )?;
    /// assert_eq!(selector.to_string(), r#"/resource-lists/list[@name="friends"]/cp:x"#);
    /// assert_eq!(selector.bindings().collect::<Vec<_>>(), [("cp", "urn:x")]);
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`is_invalid_input`](Error::is_invalid_input) where the text is not percent-encoded UTF-8 or
    /// does not follow the grammar of RFC 4825 section 6.3; the text shows where.
    pub fn from_encoded(text: &str) -> Result<Self> {
        wire::decode(text)
    }

    /// The selector of an ancestor: the first steps alone, with the bindings that they use.
    pub(crate) fn ancestor(&self, steps: usize) -> Self {
        let ancestor = Self::of_steps(self.steps.iter().take(steps).cloned().collect());
        let used: BTreeSet<&str> = ancestor.prefixes().collect();
        let bindings = self.bindings().filter(|(prefix, _)| used.contains(prefix));
        let bindings = bindings.map(|(prefix, ns)| (prefix.to_owned(), ns.to_owned())).collect();
        Self { bindings, ..ancestor }
    }

    /// The selector of the element that the steps lead to, without attribute or bindings.
    pub(crate) fn without_terminal(&self) -> Self {
        Self { terminal: None, ..self.clone() }
    }

    /// The wire form without its leading `/`: relative to the document (RFC 4825 section 11.1).
    pub(crate) fn to_relative(&self) -> String {
        self.to_encoded().trim_start_matches('/').to_owned()
    }

    /// The element steps, from the root element down.
    ///
    /// ```
    /// use xcaplib::{NodeSelector, Terminal};
    ///
    /// let name: NodeSelector = "/resource-lists/list[2]/@name".parse()?;
    /// let steps: Vec<_> = name.steps().iter().map(ToString::to_string).collect();
    /// assert_eq!(steps, ["resource-lists", "list[2]"]);
    /// assert!(matches!(name.terminal(), Some(Terminal::Attribute(_))));
    /// # Ok::<(), xcaplib::Error>(())
    /// ```
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The attribute or namespace selector at the end, if there is one.
    ///
    /// ```
    /// use xcaplib::{NodeSelector, Terminal};
    ///
    /// let root = NodeSelector::root("resource-lists");
    /// assert_eq!(root.terminal(), None);
    /// assert_eq!(root.namespaces().terminal(), Some(&Terminal::Namespaces));
    /// ```
    #[must_use]
    pub fn terminal(&self) -> Option<&Terminal> {
        self.terminal.as_ref()
    }

    /// The prefixes and the namespace URIs they are bound to, in the order of the prefixes.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let rules = NodeSelector::root("cp:ruleset").bind("cp", "urn:ietf:params:xml:ns:common-policy");
    /// assert_eq!(
    ///     rules.bindings().collect::<Vec<_>>(),
    ///     [("cp", "urn:ietf:params:xml:ns:common-policy")],
    /// );
    /// ```
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bindings.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    /// The namespace URI that a prefix is bound to.
    pub(crate) fn namespace_of(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(roxmltree::NS_XML_URI);
        }
        self.bindings.get(prefix).map(String::as_str)
    }

    /// Whether a server could make sense of the selector.
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
    /// [`is_invalid_input`](Error::is_invalid_input), naming the step: a name that is no QName, a
    /// position of 0, a value with a character that XML does not allow, an extension that holds a
    /// `/` or a control character, is empty or reads as a standard step, a prefix that is not bound or cannot be, a builder call that had nothing to
    /// apply to.
    pub fn check(&self) -> Result<()> {
        self.check_shape()?;
        self.check_bindings()
    }

    /// All of [`check`](Self::check) but the bindings.
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

    /// Whether every prefix used is bound, and each bound one may be (RFC 4825 section 6.4).
    pub(crate) fn check_bindings(&self) -> Result<()> {
        for (prefix, namespace) in self.bindings() {
            check_binding(prefix, namespace).map_err(|fault| self.refuse(&fault))?;
        }
        match self.prefixes().find(|prefix| self.namespace_of(prefix).is_none()) {
            None => Ok(()),
            Some("xmlns") => Err(self.refuse(
                "a namespace declaration is no attribute and has no selector; `namespace::*` reads those in scope",
            )),
            Some(prefix) => Err(self.refuse(&format!(
                "the prefix `{prefix}` is not bound; add `.bind(\"{prefix}\", namespace)`, or `?xmlns({prefix}=namespace)` to an expression",
            ))),
        }
    }

    fn prefixes(&self) -> impl Iterator<Item = &str> {
        let in_steps = self.steps.iter().flat_map(|step| match step {
            Step::Element { name, attribute, .. } => {
                let element = match name {
                    NameOrAny::Name(name) => name.prefix(),
                    NameOrAny::Any => None,
                };
                [element, attribute.as_ref().and_then(|test| test.name.prefix())]
            }
            Step::Extension(_) => [None, None],
        });
        let at_end = match &self.terminal {
            Some(Terminal::Attribute(name)) => name.prefix(),
            Some(Terminal::Namespaces) | None => None,
        };
        in_steps.chain([at_end]).flatten()
    }

    fn refuse(&self, fault: &str) -> Error {
        let shown = printable_within(&self.to_string(), QUOTED);
        Error::invalid_input(format!("node selector `{shown}`: {fault}"))
    }
}

fn element(name: &str) -> Step {
    Step::Element { name: NameOrAny::new(name), position: None, attribute: None }
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
        // What carries a URL may resolve these, percent-encoded or not, into another node's.
        Step::Extension(text) if matches!(text.as_str(), "." | ".." | SEPARATOR) => {
            Err(format!("an extension cannot be `{text}`"))
        }
        Step::Extension(text) => match text.chars().find(|c| c.is_control()) {
            Some(c) => Err(format!("an extension cannot hold U+{:04X}", u32::from(c))),
            None if parse::is_standard(text) => Err(format!(
                "`{}` reads as a standard step; build it with `child`, `nth`, `with_attr`, `attribute` or `namespaces`",
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
    // XPointer takes it for white space after `=`.
    if namespace.starts_with(xml::is_whitespace) {
        return Err(format!(
            "the prefix `{shown}` is bound to `{}`, and `xmlns()` cannot carry white space before a namespace; take it away",
            printable(namespace)
        ));
    }
    Ok(())
}

impl fmt::Display for NodeSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            write!(f, "/{step}")?;
        }
        match &self.terminal {
            Some(terminal) => write!(f, "/{terminal}"),
            None => Ok(()),
        }
    }
}

impl FromStr for NodeSelector {
    type Err = Error;

    /// Parses an unencoded expression (RFC 4825 section 6.3), leading `/` or not, with or without an
    /// `xmlns()` query after a `?`. Prefixes need not be bound.
    fn from_str(expression: &str) -> Result<Self> {
        parse::expression(expression, &[])
    }
}
