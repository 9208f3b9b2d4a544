//! When a rule matches (RFC 4745 section 7).

use super::watcher::{Domain, Id, Watcher};

/// Whether something is true, as far as the document tells. The lesser of two values applies if
/// both must be true; the greater applies if one is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Truth {
    No,
    Maybe,
    Yes,
}

impl Truth {
    fn of(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }

    fn not(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

/// A child of `conditions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Condition {
    Identity(Vec<Identity>),
    /// OMA's `anonymous-request`. A request from a watcher with a known URI is not anonymous.
    Anonymous,
    /// A condition, by its name, that depends on something no document tells.
    Unknown(String),
}

/// A child of `identity`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Identity {
    One(Id),
    Many(Many),
    /// An undefined element, by its name.
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Many {
    pub(super) domain: Option<Domain>,
    pub(super) excepts: Vec<Except>,
}

/// Whom a `many` leaves out: a user or a domain. The RFC does not define one that has both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Except {
    pub(super) id: Option<Id>,
    pub(super) domain: Option<Domain>,
}

impl Condition {
    pub(super) fn holds(&self, watcher: &Watcher) -> Truth {
        match self {
            // RFC 4745 takes an empty identity for false, but RFC 5025 section 3.1.1.2 lets it
            // match.
            Self::Identity(children) if children.is_empty() => Truth::Maybe,
            Self::Identity(children) => {
                let truths = children.iter().map(|child| child.holds(watcher));
                truths.max().unwrap_or(Truth::No)
            }
            Self::Anonymous => Truth::No,
            Self::Unknown(_) => Truth::Maybe,
        }
    }

    /// The names of its unknown parts.
    pub(super) fn unknown(&self) -> Vec<&str> {
        match self {
            Self::Identity(children) if children.is_empty() => vec!["identity"],
            Self::Identity(children) => children
                .iter()
                .filter_map(|child| match child {
                    Identity::Unknown(name) => Some(name.as_str()),
                    Identity::One(_) | Identity::Many(_) => None,
                })
                .collect(),
            Self::Anonymous => Vec::new(),
            Self::Unknown(name) => vec![name],
        }
    }
}

impl Identity {
    pub(super) fn holds(&self, watcher: &Watcher) -> Truth {
        match self {
            Self::One(id) => Truth::of(watcher.is(id)),
            Self::Many(many) => many.holds(watcher),
            Self::Unknown(_) => Truth::Maybe,
        }
    }
}

impl Many {
    pub(super) fn holds(&self, watcher: &Watcher) -> Truth {
        let is_inside = self.domain.as_ref().is_none_or(|domain| watcher.is_of(domain));
        let excepted = self.excepts.iter().map(|except| except.holds(watcher)).max();
        Truth::of(is_inside).min(excepted.unwrap_or(Truth::No).not())
    }
}

impl Except {
    pub(super) fn of_id(id: &str) -> Self {
        Self { id: Some(Id::read(id)), domain: None }
    }

    pub(super) fn of_domain(domain: &str) -> Self {
        Self { id: None, domain: Some(Domain::read(domain)) }
    }

    /// Whether both are written alike.
    pub(super) fn is_written_as(&self, other: &Self) -> bool {
        fn text(except: &Except) -> (Option<&str>, Option<&str>) {
            let id = except.id.as_ref().map(|id| id.text.as_str());
            (id, except.domain.as_ref().map(|domain| domain.text.as_str()))
        }
        text(self) == text(other)
    }

    fn holds(&self, watcher: &Watcher) -> Truth {
        let id = self.id.as_ref().map(|id| watcher.is(id));
        let domain = self.domain.as_ref().map(|domain| watcher.is_of(domain));
        match (id, domain) {
            (Some(one), Some(other)) if one != other => Truth::Maybe,
            _ => Truth::of(id.or(domain).unwrap_or(false)),
        }
    }
}

/// Whether all conditions of a rule are true.
pub(super) fn all_hold(conditions: &[Condition], watcher: &Watcher) -> Truth {
    let truths = conditions.iter().map(|condition| condition.holds(watcher));
    truths.min().unwrap_or(Truth::Yes)
}
