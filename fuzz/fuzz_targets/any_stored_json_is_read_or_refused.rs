#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::any_stored_json_is_read_or_refused(data));
