//! Random numbers that are no key: the seeds of the standard library's hasher suffice.

use std::hash::{BuildHasher, RandomState};

pub(crate) fn bits() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// 128 bits in hexadecimal digits.
pub(crate) fn hex() -> String {
    format!("{:016x}{:016x}", bits(), bits())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_are_alike() {
        assert_ne!(bits(), bits());
        assert_ne!(hex(), hex());
        assert_eq!(hex().len(), 32);
    }
}
