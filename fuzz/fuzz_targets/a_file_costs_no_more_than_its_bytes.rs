#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::a_file_costs_no_more_than_its_bytes(data));
