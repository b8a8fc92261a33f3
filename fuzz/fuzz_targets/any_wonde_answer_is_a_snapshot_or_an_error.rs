#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::any_wonde_answer_is_a_snapshot_or_an_error(data));
