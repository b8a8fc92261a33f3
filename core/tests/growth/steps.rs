//! Counts steps, which are the taken edges between blocks of code. LLVM's instrumentation calls a function at each of
//! them.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[unsafe(no_mangle)]
static ONROLL_STEPS: AtomicUsize = AtomicUsize::new(0);

/// Returns the number of steps that this process has taken. Only one thread is counted, so the addition need not be
/// atomic.
pub(crate) fn taken() -> usize {
    ONROLL_STEPS.load(Relaxed)
}

#[cfg(target_arch = "x86_64")]
std::arch::global_asm!(
    ".globl __sanitizer_cov_trace_pc",
    "__sanitizer_cov_trace_pc:",
    "incq {steps}(%rip)",
    "ret",
    steps = sym ONROLL_STEPS,
    options(att_syntax)
);

#[cfg(target_arch = "aarch64")]
std::arch::global_asm!(
    ".globl __sanitizer_cov_trace_pc",
    "__sanitizer_cov_trace_pc:",
    "adrp x16, {steps}",
    "ldr x17, [x16, :lo12:{steps}]",
    "add x17, x17, #1",
    "str x17, [x16, :lo12:{steps}]",
    "ret",
    steps = sym ONROLL_STEPS,
);
