
/// Put into the core by `fuzz/mutants`: which mutant runs, and which places were reached.
#[allow(missing_docs, unreachable_pub)]
pub(crate) mod mutant {
    use std::fs::{File, OpenOptions};
    use std::io::Write as _;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
    use std::sync::{LazyLock, Mutex};

    static ACTIVE: LazyLock<u32> =
        LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|number| number.parse().ok()).unwrap_or(0));
    static RECORD: LazyLock<Option<Mutex<File>>> = LazyLock::new(|| {
        let path = std::env::var("MUTANT_RECORD").ok()?;
        OpenOptions::new().append(true).create(true).open(path).ok().map(Mutex::new)
    });
    static REACHED: [AtomicBool; 1 << 13] = [const { AtomicBool::new(false) }; 1 << 13];

    /// The number of the mutant that runs, or 0.
    #[inline]
    pub(crate) fn active(site: u32) -> u32 {
        if !REACHED[site as usize].load(Relaxed) {
            reach(site);
        }
        *ACTIVE
    }

    #[cold]
    fn reach(site: u32) {
        if let (false, Some(file)) = (REACHED[site as usize].swap(true, Relaxed), &*RECORD) {
            let _ = file.lock().map(|mut file| writeln!(file, "{site}"));
        }
    }
}
