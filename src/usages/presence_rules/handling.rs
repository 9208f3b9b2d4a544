//! What a server does with a watcher's subscription.

use std::fmt;

/// What a server does with a subscription to the user's presence: `sub-handling` of RFC 5025
/// section 3.2.1.
///
/// The order is that of the RFC, by which the rules that match are combined: the greatest wins.
///
/// ```
/// use xcaplib::usages::Handling;
///
/// assert!(Handling::Block < Handling::Confirm);
/// assert!(Handling::Confirm < Handling::PoliteBlock && Handling::PoliteBlock < Handling::Allow);
/// assert_eq!(Handling::PoliteBlock.to_string(), "polite-block");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Handling {
    /// The subscription is refused. A watcher whom no rule matches gets this, too.
    Block,
    /// The subscription waits until the user decides.
    Confirm,
    /// The subscription seems to work, and the user seems to be away.
    PoliteBlock,
    /// The watcher sees what the transformations of the rules provide.
    Allow,
}

const ALL: [Handling; 4] =
    [Handling::Block, Handling::Confirm, Handling::PoliteBlock, Handling::Allow];

impl Handling {
    fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Confirm => "confirm",
            Self::PoliteBlock => "polite-block",
            Self::Allow => "allow",
        }
    }

    /// The handling of this name, if it is one.
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|handling| handling.name() == name)
    }
}

impl fmt::Display for Handling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
