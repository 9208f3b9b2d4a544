//! The node selector: its type and its builder (RFC 4825 section 6.3).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::answer::ResourceKind;

use super::step::{AttributeTest, NameOrAny, QName, Step, Terminal};

/// Room for as many steps as most selectors have.
const TYPICAL_STEPS: usize = 4;

/// A node selector: which element, attribute or namespace bindings of a document
/// (RFC 4825 section 6.3), with the namespace bindings of its prefixes (section 6.4).
///
/// You can build it step by step, parse it from an expression, or read it from its wire form. It is
/// immutable, and no value can change its shape, because it does all quoting, escaping and
/// percent-encoding.
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
/// [`Display`](fmt::Display) writes the expression without percent-encoding and without bindings,
/// preferably with `"` as a delimiter. [`FromStr`](std::str::FromStr) reads it back, with or
/// without the leading `/`. It also reads an `xmlns()` query after a `?`. Two selectors are equal
/// if their steps and their bindings are equal, however their values were quoted.
///
/// The builder never fails. If a name, a position, a prefix or the order of the calls is wrong,
/// [`check`](Self::check) reports it. So does every request that uses the selector, before anything
/// is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeSelector {
    pub(super) steps: Vec<Step>,
    pub(super) terminal: Option<Terminal>,
    pub(super) bindings: BTreeMap<String, String>,
    /// The first builder call that could not apply to the selector as it was then.
    pub(super) misplaced: Option<&'static str>,
}

impl NodeSelector {
    /// A selector of the document's root element. `"*"` matches a root of any name.
    #[must_use]
    pub fn root(name: &str) -> Self {
        Self::of(element(name))
    }

    pub(super) fn of(root: Step) -> Self {
        let mut steps = Vec::with_capacity(TYPICAL_STEPS);
        steps.push(root);
        Self::of_steps(steps)
    }

    fn of_steps(steps: Vec<Step>) -> Self {
        Self { steps, terminal: None, bindings: BTreeMap::new(), misplaced: None }
    }

    /// Goes on to a child element of this name, which may have a prefix. `"*"` is the same as
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

    /// Goes on to a step that an extension of XCAP defines. `text` is its unencoded form. It must
    /// not have the form of a standard step.
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
    /// The position is evaluated before an attribute test, whichever is called first. `nth` and
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
    /// The value may be any text. If it contains a character that XML does not allow,
    /// [`check`](Self::check) reports that.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let lists = NodeSelector::root("resource-lists");
    /// let list = lists.child("list").with_attr("name", "\"A\" & 'B'");
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

    /// Ends with an attribute of the last step's element: `@name`.
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

    /// Ends with the namespace bindings in scope at the last step's element: `namespace::*`.
    ///
    /// They can be read, but not changed (RFC 4825 section 7.10).
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

    /// Binds a prefix to a namespace URI. A second binding of the same prefix replaces the first.
    ///
    /// The bindings travel in the query, as `xmlns()` parts (RFC 4825 section 6.4).
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let policy = "urn:ietf:params:xml:ns:common-policy";
    /// let rules = NodeSelector::root("cp:ruleset").bind("cp", policy);
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

    /// The selector of an ancestor: only the first steps, with the bindings that they use.
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

    /// What kind of node it selects.
    pub(crate) fn kind(&self) -> ResourceKind {
        match &self.terminal {
            None => ResourceKind::Element,
            Some(Terminal::Attribute(_)) => ResourceKind::Attribute,
            Some(Terminal::Namespaces) => ResourceKind::NamespaceBindings,
        }
    }

    /// The prefixes and the namespace URIs to which they are bound, in the order of the prefixes.
    ///
    /// ```
    /// use xcaplib::NodeSelector;
    ///
    /// let policy = "urn:ietf:params:xml:ns:common-policy";
    /// let rules = NodeSelector::root("cp:ruleset").bind("cp", policy);
    /// assert_eq!(
    ///     rules.bindings().collect::<Vec<_>>(),
    ///     [("cp", "urn:ietf:params:xml:ns:common-policy")],
    /// );
    /// ```
    pub fn bindings(&self) -> impl Iterator<Item = (&str, &str)> {
        self.bindings.iter().map(|(prefix, namespace)| (prefix.as_str(), namespace.as_str()))
    }

    pub(super) fn prefixes(&self) -> impl Iterator<Item = &str> {
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
}

fn element(name: &str) -> Step {
    Step::Element { name: NameOrAny::new(name), position: None, attribute: None }
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
