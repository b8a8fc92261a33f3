#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::usernames_are_compared_fairly(data));
