//! What is learnt of a server from what became of changes.

/// What is known about how the server stores changes.
///
/// A change is telling if a server that places things its own way would make another text of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fidelity {
    /// No change was made yet.
    Untried,
    /// It did as predicted, in a change that all servers make alike.
    Unproven,
    /// It does as RFC 4825 says.
    Faithful,
    /// It does not, and nothing that it does later unsays that.
    Differs,
}

impl Fidelity {
    /// Whether one more comparison may be needed.
    pub(super) fn is_open(self) -> bool {
        matches!(self, Self::Untried | Self::Unproven)
    }

    /// Whether the document is to be read after a change, and compared.
    pub(super) fn must_be_compared(self, is_telling: bool) -> bool {
        match self {
            Self::Untried | Self::Differs => true,
            Self::Unproven => is_telling,
            Self::Faithful => false,
        }
    }

    /// What is known after a change whose outcome was read.
    pub(super) fn after_comparison(self, is_as_predicted: bool, is_telling: bool) -> Self {
        match (self, is_as_predicted) {
            (Self::Differs, _) | (_, false) => Self::Differs,
            (_, true) if is_telling => Self::Faithful,
            (_, true) => Self::Unproven,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Fidelity::{Differs, Faithful, Unproven, Untried};

    #[test]
    fn a_server_is_compared_until_it_has_passed_a_telling_change() {
        assert!(Untried.must_be_compared(false) && Untried.must_be_compared(true));
        assert!(!Unproven.must_be_compared(false) && Unproven.must_be_compared(true));
        assert!(!Faithful.must_be_compared(false) && !Faithful.must_be_compared(true));
        assert!(Differs.must_be_compared(false) && Differs.must_be_compared(true));
    }

    #[test]
    fn one_difference_is_for_good() {
        for (before, is_as_predicted, is_telling, after) in [
            (Untried, true, false, Unproven),
            (Untried, true, true, Faithful),
            (Untried, false, false, Differs),
            (Unproven, true, true, Faithful),
            (Unproven, false, true, Differs),
            (Differs, true, true, Differs),
        ] {
            assert_eq!(before.after_comparison(is_as_predicted, is_telling), after, "{before:?}");
        }
    }
}
