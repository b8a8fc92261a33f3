#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::what_is_written_is_read(data));
