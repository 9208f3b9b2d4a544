#![no_main]
#![allow(dead_code, reason = "a target is one of a file's functions")]

#[path = "../../tests/fuzz/error.rs"]
mod error;
#[path = "../../tests/fuzz/selector.rs"]
mod selector;

libfuzzer_sys::fuzz_target!(|data: &[u8]| selector::builder(data));
