//! The document engine against a model: section 8.2.3 of RFC 4825, said in gaps between children.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::fmt::Write as _;

use xcaplib::document;

/// What stands in the parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Child {
    Element(char, Option<u8>),
    Other(&'static str),
}

use Child::{Element, Other};

const CHILDREN: [Child; 6] = [
    Element('a', None),
    Element('a', Some(1)),
    Element('b', Some(1)),
    Element('b', Some(2)),
    Other("<!-- <a/> -->"),
    Other(" \n"),
];

const BODIES: [Child; 4] =
    [Element('a', None), Element('a', Some(1)), Element('b', Some(2)), Element('b', Some(3))];

/// The last step of a selector.
#[derive(Clone, Copy, Debug)]
struct Step {
    name: char,
    position: Option<usize>,
    test: Option<u8>,
}

impl Step {
    fn is_named(self, child: Child) -> bool {
        matches!(child, Element(name, _) if self.name == '*' || self.name == name)
    }

    /// The indices that the step matches.
    fn matches(self, children: &[Child]) -> Vec<usize> {
        let mut found: Vec<usize> =
            (0..children.len()).filter(|i| self.is_named(children[*i])).collect();
        if let Some(position) = self.position {
            found = found.into_iter().skip(position - 1).take(1).collect();
        }
        if let Some(test) = self.test {
            found.retain(|i| matches!(children[*i], Element(_, Some(value)) if value == test));
        }
        found
    }

    /// The gap that a new child goes into, were it to match.
    fn gap(self, children: &[Child], body: Child) -> Option<usize> {
        let named = |i: &usize| self.is_named(children[*i]);
        match self.position {
            None => {
                let is_same = |child: Child| match (child, body) {
                    (Element(name, _), Element(other, _)) => name == other,
                    _ => false,
                };
                if !children.iter().any(|child| is_same(*child)) {
                    return Some(children.len());
                }
                // As much as possible after it, and nothing of its name among that.
                (0..=children.len()).find(|gap| !children[*gap..].iter().any(|c| is_same(*c)))
            }
            Some(1) => Some((0..children.len()).find(named).unwrap_or(children.len())),
            Some(n) => (0..=children.len()).find(|gap| (0..*gap).filter(named).count() == n - 1),
        }
    }

    fn put(self, children: &[Child], body: Child) -> Result<(u16, Vec<Child>), &'static str> {
        let mut after = children.to_vec();
        let (status, at) = match self.matches(children)[..] {
            [at] => {
                after[at] = body;
                (200, at)
            }
            _ => {
                let at = self.gap(children, body).ok_or("cannot-insert")?;
                after.insert(at, body);
                (201, at)
            }
        };
        if self.matches(&after) == [at] { Ok((status, after)) } else { Err("cannot-insert") }
    }

    fn delete(self, children: &[Child]) -> Result<Vec<Child>, &'static str> {
        let [at] = self.matches(children)[..] else { return Err("404") };
        let mut after = children.to_vec();
        after.remove(at);
        if self.matches(&after).is_empty() { Ok(after) } else { Err("cannot-delete") }
    }

    fn selector(self) -> String {
        let mut text = format!("r/p/{}", self.name);
        if let Some(position) = self.position {
            write!(text, "[{position}]").unwrap();
        }
        if let Some(test) = self.test {
            write!(text, "[@i='{test}']").unwrap();
        }
        text
    }
}

fn markup(child: Child) -> String {
    match child {
        Element(name, None) => format!("<{name}/>"),
        Element(name, Some(i)) => format!("<{name} i='{i}'><a/></{name}>"),
        Other(text) => text.to_owned(),
    }
}

fn written(children: &[Child]) -> String {
    format!("<r>\n<p>{}</p></r>", children.iter().copied().map(markup).collect::<String>())
}

fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    for name in ['a', 'b', '*'] {
        for position in [None, Some(1), Some(2), Some(3), Some(4)] {
            for test in [None, Some(1), Some(2), Some(3)] {
                steps.push(Step { name, position, test });
            }
        }
    }
    steps
}

#[track_caller]
fn check(children: &[Child], step: Step) {
    let xml = written(children);
    let selector = step.selector().parse().unwrap();
    for body in BODIES {
        let answer = document::put(&xml, &selector, markup(body), None);
        let answer = match &answer {
            Ok(edit) => Ok((if edit.created { 201 } else { 200 }, edit.text.clone())),
            Err(refusal) => Err(refusal.conflict().unwrap().name()),
        };
        let expected = step.put(children, body).map(|(status, after)| (status, written(&after)));
        assert_eq!(answer, expected, "put {body:?} to {} of {xml}", step.selector());
    }
    let answer = document::delete(&xml, &selector, None);
    let answer = answer.as_ref().map_err(|r| r.conflict().map_or("404", |c| c.name()));
    let expected = step.delete(children).map(|after| written(&after));
    assert_eq!(answer.cloned(), expected, "delete {} of {xml}", step.selector());
}

#[test]
fn every_short_parent_is_edited_as_the_model_says() {
    let steps = steps();
    let mut level: Vec<Vec<Child>> = vec![Vec::new()];
    for _ in 0..=3 {
        for children in &level {
            steps.iter().for_each(|step| check(children, *step));
        }
        level = level
            .iter()
            .flat_map(|children| CHILDREN.map(|child| [children.as_slice(), &[child]].concat()))
            .collect();
    }
}

#[test]
fn long_parents_are_edited_as_the_model_says() {
    let steps = steps();
    let mut state = 1_u64;
    let mut next = |limit: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % limit
    };
    for _ in 0..5_000 {
        let length = 4 + next(6);
        let children: Vec<_> = (0..length).map(|_| CHILDREN[next(CHILDREN.len())]).collect();
        check(&children, steps[next(steps.len())]);
    }
}
