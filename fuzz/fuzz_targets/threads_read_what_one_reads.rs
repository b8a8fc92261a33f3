#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::threads_read_what_one_reads(data));
