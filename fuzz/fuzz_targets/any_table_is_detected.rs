#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::any_table_is_detected(data));
