#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::fixing_twice_changes_nothing_more(data));
