#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::no_provider_answer_opens_another_account(data));
