#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::whatever_a_provider_says_opens_no_others_account(data));
