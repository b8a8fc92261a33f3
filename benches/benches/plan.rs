//! Planning between accounts and a later roster of the same school, beside reading that roster in the same run.

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput};
use onroll::{Accounts, PasswordPolicy, Plan, Reader, SignIn};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("plan");
    for students in [1_000, 100_000, 1_000_000] {
        group.throughput(Throughput::Elements(u64::from(students))).sample_size(10);
        let reader = Reader::new().sign_in(SignIn::Sso);
        let read = |bytes: &[u8]| reader.read_bytes(bytes).expect("every row is right");
        let later = onroll_benches::later(students);
        group.bench_with_input(BenchmarkId::new("read the roster", students), &later, |bencher, later| {
            bencher.iter(|| read(later).len());
        });
        let accounts = Accounts::create(&read(&onroll_benches::roster(students)), &PasswordPolicy::default());
        let roster = read(&later);
        let plan = Plan::between(&accounts, &roster).expect("2% leave");
        assert_eq!(plan.conflicts().len(), 0);
        group.bench_function(BenchmarkId::new("plan", students), |bencher| {
            bencher.iter_with_large_drop(|| Plan::between(&accounts, &roster));
        });
        group.bench_function(BenchmarkId::new("apply", students), |bencher| {
            bencher.iter_batched(|| accounts.clone(), |accounts| plan.apply(accounts), BatchSize::PerIteration);
        });
    }
    group.finish();
    criterion.final_summary();
}
