//! Rewrites the diff's content for its place in the document (RFC 5261 section 4.2.3).

use std::collections::HashMap;
use std::ops::Range;

use roxmltree::Node;

use crate::xml::{self, Tag, Token, Tokens, split_qname};

use super::fault::{Fault, PatchErrorKind};
use super::scope::Scope;
use super::work::Work;

/// The place of new content: the declarations in the diff around the content, and the declarations
/// in the document at the new parent.
pub(super) struct Graft<'a> {
    scope: &'a Scope,
    /// The parent's own prefix.
    own_prefix: String,
    /// The bindings in scope at the parent: prefixes in order, with their namespaces.
    bindings: Vec<(&'a str, &'a str)>,
}

impl<'a> Graft<'a> {
    /// `parent` is the evaluation context node of section 4.2.3. The document itself has no
    /// declarations.
    pub(super) fn new(scope: &'a Scope, parent: Node<'a, '_>) -> Self {
        let mut bindings: Vec<_> = parent
            .namespaces()
            .filter(|namespace| !namespace.uri().is_empty() && namespace.name() != Some("xml"))
            .map(|namespace| (namespace.name().unwrap_or_default(), namespace.uri()))
            .collect();
        bindings.sort_unstable();
        let own_prefix = split_qname(&xml::written_name(parent)).0.to_owned();
        Self { scope, own_prefix, bindings }
    }

    /// The prefix that an attribute gets.
    pub(super) fn attribute_prefix<'p>(&'p self, prefix: &'p str) -> Result<&'p str, Fault> {
        self.prefix(prefix, Role::Attribute, &Local::default())
    }

    /// The content, with every prefix that it does not declare itself replaced by one of the
    /// document's.
    pub(super) fn write<'p>(&'p self, content: &'p str, work: &mut Work) -> Result<String, Fault> {
        let mut out = Writer { content, copied: 0, text: String::with_capacity(content.len()) };
        let mut local = Local::default();
        let mut open: Vec<Open<'_>> = Vec::new();
        for (Range { start: at, .. }, token) in Tokens::new(content) {
            let before = out.text.len();
            match token {
                Token::Start(tag) => {
                    let declared = local.declare(&tag);
                    let name = self.element(&tag, &mut local, work)?;
                    out.rename(at + 1, tag.name, name.as_deref());
                    self.attributes(&tag, at, &mut local, &mut out, work)?;
                    work.spend(tag.end)?;
                    let element = Open { name, declared };
                    if tag.is_empty { local.close(element) } else { open.push(element) }
                }
                Token::End(name) => {
                    if let Some(element) = open.pop() {
                        out.rename(at + 2, name, element.name.as_deref());
                        local.close(element);
                    }
                }
                Token::Other => {}
            }
            work.spend(out.text.len() - before)?;
        }
        Ok(out.finish())
    }

    fn element<'p>(
        &'p self,
        tag: &Tag<'p>,
        local: &mut Local<'p>,
        work: &mut Work,
    ) -> Result<Option<String>, Fault> {
        let (prefix, name) = split_qname(tag.name);
        let new = self.chosen(prefix, Role::Element, local, work)?;
        Ok((new != prefix).then(|| qualified(new, name)))
    }

    fn attributes<'p>(
        &'p self,
        tag: &Tag<'p>,
        at: usize,
        local: &mut Local<'p>,
        out: &mut Writer<'_>,
        work: &mut Work,
    ) -> Result<(), Fault> {
        for attribute in tag.attributes() {
            let (prefix, name) = split_qname(attribute.name);
            if prefix.is_empty() || prefix == "xmlns" {
                continue;
            }
            let new = self.chosen(prefix, Role::Attribute, local, work)?;
            if new != prefix {
                let new = qualified(new, name);
                out.rename(at + attribute.range.start, attribute.name, Some(&new));
            }
        }
        Ok(())
    }

    /// Like [`prefix`](Self::prefix), but looked up only once while the content declares nothing.
    fn chosen<'p>(
        &'p self,
        prefix: &'p str,
        role: Role,
        local: &mut Local<'p>,
        work: &mut Work,
    ) -> Result<&'p str, Fault> {
        if let (0, Some(known)) = (local.open, local.known.get(&(prefix, role))) {
            return Ok(known);
        }
        work.spend(self.bindings.len())?;
        let new = self.prefix(prefix, role, local)?;
        if local.open == 0 {
            local.known.insert((prefix, role), new);
        }
        Ok(new)
    }

    /// The prefix for a name with this prefix. `local` are the prefixes that the content declares
    /// around the name. They stay, and hide the prefixes of the document.
    fn prefix<'p>(
        &'p self,
        prefix: &'p str,
        role: Role,
        local: &Local<'_>,
    ) -> Result<&'p str, Fault> {
        let is_local = |prefix: &str| local.counts.get(prefix).is_some_and(|count| *count > 0);
        if prefix == "xml" || is_local(prefix) {
            return Ok(prefix);
        }
        let Some(namespace) = self.scope.namespace_of(prefix) else {
            return self.without_namespace();
        };
        let candidates = || {
            self.bindings
                .iter()
                .filter(|(_, bound)| *bound == namespace)
                .map(|(candidate, _)| *candidate)
                .filter(|candidate| role == Role::Element || !candidate.is_empty())
                .filter(|candidate| !is_local(candidate))
        };
        candidates()
            .find(|candidate| *candidate == prefix)
            .or_else(|| candidates().find(|candidate| *candidate == self.own_prefix))
            .or_else(|| candidates().take_while(|candidate| *candidate < prefix).last())
            .or_else(|| candidates().next())
            .ok_or_else(|| {
                undeclared(format!(
                    "the document does not declare the namespace `{}` at this place",
                    crate::text::printable(namespace)
                ))
            })
    }

    /// A name in no namespace can stay so only if there is no default namespace.
    fn without_namespace(&self) -> Result<&str, Fault> {
        match self.bindings.first() {
            Some(("", default)) => Err(undeclared(format!(
                "an element in no namespace would come into the document's default namespace `{}`",
                crate::text::printable(default)
            ))),
            _ => Ok(""),
        }
    }
}

fn undeclared(reason: String) -> Fault {
    Fault::new(PatchErrorKind::InvalidNamespaceUri, reason)
}

/// What a name belongs to. The default namespace does not apply to attributes.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Element,
    Attribute,
}

/// An open element.
struct Open<'c> {
    /// Its new name, if it gets one.
    name: Option<String>,
    declared: Vec<&'c str>,
}

/// The content's declarations in scope at the current place.
#[derive(Default)]
struct Local<'c> {
    /// For each prefix, how many open elements declare it.
    counts: HashMap<&'c str, usize>,
    /// The total number of these declarations.
    open: usize,
    /// The prefixes chosen so far while no declaration is open.
    known: HashMap<(&'c str, Role), &'c str>,
}

impl<'c> Local<'c> {
    fn declare(&mut self, tag: &Tag<'c>) -> Vec<&'c str> {
        let declared: Vec<_> = tag.declarations().map(|(prefix, _)| prefix).collect();
        self.open += declared.len();
        for prefix in &declared {
            *self.counts.entry(prefix).or_insert(0) += 1;
        }
        declared
    }

    fn close(&mut self, element: Open<'c>) {
        self.open = self.open.saturating_sub(element.declared.len());
        for prefix in element.declared {
            self.counts.entry(prefix).and_modify(|count| *count = count.saturating_sub(1));
        }
    }
}

/// Copies the content, except for the names that change.
struct Writer<'c> {
    content: &'c str,
    copied: usize,
    text: String,
}

impl Writer<'_> {
    fn rename(&mut self, at: usize, old: &str, new: Option<&str>) {
        if let Some(new) = new {
            self.text.push_str(self.content.get(self.copied..at).unwrap_or_default());
            self.text.push_str(new);
            self.copied = at + old.len();
        }
    }

    fn finish(mut self) -> String {
        self.text.push_str(self.content.get(self.copied..).unwrap_or_default());
        self.text
    }
}

pub(super) fn qualified(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}:{name}") }
}

/// Whether a name in the element, including its own tag, uses this prefix. Names do not count where
/// a descendant has declared the prefix anew.
pub(super) fn uses_prefix(element: &str, prefix: &str) -> bool {
    let mut depth = 0_usize;
    // The depth below which the prefix means something else.
    let mut hidden: Option<usize> = None;
    for (range, token) in Tokens::new(element) {
        match token {
            Token::Start(tag) => {
                depth += 1;
                if range.start > 0 && tag.declaration(prefix).is_some() {
                    hidden.get_or_insert(depth);
                }
                let names = tag.attributes().map(|attribute| attribute.name);
                if hidden.is_none()
                    && names.chain([tag.name]).any(|name| split_qname(name).0 == prefix)
                {
                    return true;
                }
                if tag.is_empty {
                    hidden = hidden.filter(|from| *from < depth);
                    depth -= 1;
                }
            }
            Token::End(_) => {
                hidden = hidden.filter(|from| *from < depth);
                depth = depth.saturating_sub(1);
            }
            Token::Other => {}
        }
    }
    false
}
