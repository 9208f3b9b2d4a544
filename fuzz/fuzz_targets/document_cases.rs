#![no_main]
#![allow(dead_code, reason = "a target is one of a file's functions")]

#[path = "../../tests/fuzz/document.rs"]
mod document;
#[path = "../../tests/fuzz/xml.rs"]
mod xml;

libfuzzer_sys::fuzz_target!(|data: &[u8]| document::cases(data));
