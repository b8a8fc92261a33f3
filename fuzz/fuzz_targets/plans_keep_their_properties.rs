#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::plans_keep_their_properties(data));
