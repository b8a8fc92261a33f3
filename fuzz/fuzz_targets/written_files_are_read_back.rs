#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::written_files_are_read_back(data));
