#![no_main]
#![allow(dead_code, reason = "a target is one of a file's functions")]

#[path = "../../tests/fuzz/answers.rs"]
mod answers;
#[path = "../../tests/support/digest.rs"]
mod digest;
#[path = "../../tests/fuzz/error.rs"]
mod error;
#[path = "../../tests/fuzz/server.rs"]
mod server;

libfuzzer_sys::fuzz_target!(|data: &[u8]| answers::answers(data));
