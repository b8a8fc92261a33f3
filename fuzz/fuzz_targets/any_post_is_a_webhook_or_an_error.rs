#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::any_post_is_a_webhook_or_an_error(data));
