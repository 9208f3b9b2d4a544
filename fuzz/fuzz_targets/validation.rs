#![no_main]
#![allow(dead_code, reason = "a target is one of a file's functions")]

#[path = "../../tests/fuzz/error.rs"]
mod error;
#[path = "../../tests/fuzz/validation.rs"]
mod validation;
#[path = "../../tests/fuzz/xml.rs"]
mod xml;

libfuzzer_sys::fuzz_target!(|data: &[u8]| validation::body(data));
