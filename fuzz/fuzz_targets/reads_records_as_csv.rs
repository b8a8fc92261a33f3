#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::reads_records_as_csv(data));
