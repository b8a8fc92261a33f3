#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| onroll_fuzz::any_bytes_are_a_workbook_or_a_report(data));
