#![no_main]

#[path = "../../tests/fuzz/patch_cases.rs"]
mod patch_cases;

libfuzzer_sys::fuzz_target!(|data: &[u8]| patch_cases::cases(data));
