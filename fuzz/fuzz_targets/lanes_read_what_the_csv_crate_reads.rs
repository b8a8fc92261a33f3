#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::lanes_read_what_the_csv_crate_reads(data));
