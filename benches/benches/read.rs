//! Reading a roster with every check, beside the `csv` crate merely splitting the same bytes.

use criterion::{BenchmarkId, Criterion, Throughput};
use onroll::{Reader, SignIn};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("read");
    for students in [300, 100_000] {
        let roster = onroll_benches::roster(students);
        group.throughput(Throughput::Bytes(roster.len() as u64)).sample_size(20);
        group.bench_with_input(BenchmarkId::new("csv, records only", students), &roster, |bencher, roster| {
            bencher.iter(|| {
                let mut reader = csv::Reader::from_reader(roster.as_slice());
                let mut record = csv::ByteRecord::new();
                let mut cells = 0;
                while reader.read_byte_record(&mut record).expect("a roster is CSV") {
                    cells += record.len();
                }
                cells
            });
        });
        let reader = Reader::new().sign_in(SignIn::Sso);
        group.bench_with_input(BenchmarkId::new("onroll, every check", students), &roster, |bencher, roster| {
            bencher.iter(|| reader.read_bytes(roster).expect("every row is right").len());
        });
    }
    group.finish();
    criterion.final_summary();
}
