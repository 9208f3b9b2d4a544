//! Generated documents and patches: the text and a deliberately naive tree come out the same.
//!
//! `XCAPLIB_SEED` sets another seed.

use super::generate_patch::{self, Random};

const CASES: usize = 4_000;

#[test]
fn text_and_tree_agree() {
    let seed = std::env::var("XCAPLIB_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut random = Random::of_seed(seed.unwrap_or(5261));
    let (mut applied, mut refused) = (0, 0);
    while applied + refused < CASES {
        match generate_patch::case(&mut random).and_then(|case| case.check()) {
            Some(true) => applied += 1,
            Some(false) => refused += 1,
            None => {}
        }
    }
    assert!(applied > CASES / 3 && refused > CASES / 20, "{applied} applied, {refused} refused");
}
