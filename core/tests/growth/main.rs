//! Measures how the cost of hostile input grows, in steps. A step is an edge between two blocks of code that the
//! program takes, in this crate or in a crate that it uses. LLVM's coverage instrumentation counts the steps. The
//! counts are the same in every run, except for the seeds of hash tables.
//!
//! `make test-growth` builds and runs this with the flags that it needs. It checks the promise of SECURITY.md. For
//! inputs of 16,000 rows or people and more, four times the input costs at most 4.6 times the steps. For files, a byte
//! costs at most 100 steps. That takes less than 50 ns here: a shape with 94 steps took 45 ns. The
//! memory in addition to the input is at most three times the input plus 4 MiB.

#![cfg(onroll_steps)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

mod shapes;
mod steps;

/// The largest factor by which the steps may grow if the input grows fourfold.
const GROWTH: f64 = 4.6;
/// The largest number of steps for each byte of a file. They took about 50 ns on the machine where this was measured.
/// A shape with 94 steps took 45 ns, and the most expensive shape takes 98 steps.
const STEPS_A_BYTE: f64 = 100.0;
/// The most memory in addition to the input, as a multiple of the input. `MEMORY_AT_LEAST` is allowed for every input,
/// for the listed problems and one long row.
const MEMORY: f64 = 3.0;
const MEMORY_AT_LEAST: usize = 4 << 20;
/// The smallest number of rows or people for which the growth is promised.
const SMALL: usize = 16_000;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator, which also counts the memory in use.
struct Counting;

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        PEAK.fetch_max(HELD.fetch_add(layout.size(), Relaxed) + layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller keeps the contract.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The cost of processing one input of a shape.
struct Cost {
    steps: usize,
    /// The most memory in use, beyond the memory in use at the start.
    memory: usize,
    bytes: usize,
}

fn cost(shape: &shapes::Shape, number: usize) -> Cost {
    let (bytes, run) = shape.ready(number);
    let held = HELD.load(Relaxed);
    PEAK.store(held, Relaxed);
    let before = steps::taken();
    run();
    Cost { steps: steps::taken() - before, memory: PEAK.load(Relaxed) - held, bytes }
}

#[test]
fn hostile_input_costs_no_more_time_and_memory_than_promised() {
    let (mut table, mut wrong) = (String::new(), Vec::new());
    let only = std::env::var("SHAPE").unwrap_or_default();
    for shape in shapes::SHAPES.iter().filter(|shape| shape.name.contains(&only)) {
        // Work that a process does only once must be done before measuring.
        shape.ready(100).1();
        let [small, large] = [SMALL, 4 * SMALL].map(|number| cost(shape, number));
        assert!(small.steps > SMALL / 100, "{}: nothing was counted", shape.name);
        let growth = large.steps as f64 / small.steps as f64;
        let exponent = growth.ln() / 4_f64.ln();
        let steps_a_byte = large.steps as f64 / large.bytes as f64;
        let memory = large.memory.saturating_sub(MEMORY_AT_LEAST) as f64 / large.bytes as f64;
        let _ = writeln!(table, "| {} | {exponent:.2} | {steps_a_byte:.1} | {memory:.2} |", shape.name);
        if growth > GROWTH {
            wrong.push(format!("{}: four times the input costs {growth:.1} times the steps", shape.name));
        }
        if shape.is_file() && steps_a_byte > STEPS_A_BYTE {
            wrong.push(format!("{}: {steps_a_byte:.1} steps a byte", shape.name));
        }
        if shape.is_file() && memory > MEMORY {
            wrong.push(format!("{}: {memory:.2} times the input in memory", shape.name));
        }
    }
    println!("| shape | exponent | steps a byte | memory / input |\n| --- | ---: | ---: | ---: |\n{table}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
