//! The streams that a command reads and writes (`Console`), with colour and the largest input. If a file goes to
//! standard output, messages go to standard error. A closed pipe ends the command without a message. A full disk is
//! reported in one line.

use std::io::{self, BufWriter, IsTerminal as _, Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};

use crate::london;
use crate::reader::open_file;
use crate::table::save_file;
use crate::text::visible;

use super::bar::Bar;
use super::failure::{Failure, shown};
use super::{FAILED, told_of_stream};

/// The streams that a command uses, and today's date.
///
/// Use the date in London, because the date decides which leavers a plan expects.
///
/// ```
/// use onroll::command::{Console, run};
///
/// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
/// let (mut output, mut messages) = (Vec::new(), Vec::new());
/// let mut console = Console::new(csv.as_bytes(), &mut output, &mut messages, "2026-09-01".parse()?);
/// assert_eq!(run(["check".into(), "-".into()], &mut console), 1); // refused
/// drop(console);
/// assert!(String::from_utf8(output)?.contains("'F' should be 'Female'"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Console<'c> {
    input: Box<dyn Read + 'c>,
    output: Box<dyn Write + 'c>,
    messages: Box<dyn Write + 'c>,
    has_colors: bool,
    /// Set if standard error is a terminal.
    bar: Option<Arc<Bar>>,
    today: NaiveDate,
    /// Whether a file went to standard output.
    is_output_taken: bool,
    /// Whether the reader of standard output has closed it.
    is_output_closed: bool,
    /// The time at which the bytes of the current file were requested.
    waiting_since: Option<Instant>,
}

impl std::fmt::Debug for Console<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console")
            .field("has_colors", &self.has_colors)
            .field("today", &self.today)
            .finish_non_exhaustive()
    }
}

/// A stream to which the command writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OutputStream {
    Output,
}

impl OutputStream {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Output => "standard output",
        }
    }
}

impl<'c> Console<'c> {
    /// Creates a console with these streams, without colour and without a progress bar. `today` decides which leavers a
    /// plan expects.
    pub fn new(input: impl Read + 'c, output: impl Write + 'c, messages: impl Write + 'c, today: NaiveDate) -> Self {
        Self {
            input: Box::new(input),
            output: Box::new(output),
            messages: Box::new(messages),
            has_colors: false,
            bar: None,
            today,
            is_output_taken: false,
            is_output_closed: false,
            waiting_since: None,
        }
    }

    /// Creates the console of the process, with its standard streams. Colour is used if standard output is a terminal,
    /// unless `NO_COLOR` is set or `TERM` is `dumb`. A progress bar is shown if standard error is a terminal.
    ///
    /// ```no_run
    /// use onroll::command::{Console, run};
    /// let code = run(std::env::args_os().skip(1), &mut Console::of_process());
    /// std::process::exit(code.into());
    /// ```
    pub fn of_process() -> Self {
        let today = london::day(DateTime::<Utc>::from(std::time::SystemTime::now()));
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_plain = is_set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let mut console =
            Self::new(Patient(raw_input()), BufWriter::new(Patient(raw_output())), Patient(io::stderr()), today);
        console.has_colors = io::stdout().is_terminal() && !is_plain;
        console.bar = io::stderr().is_terminal().then(|| Arc::new(Bar::since(Instant::now())));
        console
    }

    pub(super) fn set_colors(&mut self, has_colors: bool) {
        self.has_colors = has_colors;
    }

    pub(super) fn has_colors(&self) -> bool {
        self.has_colors && !self.is_output_taken
    }

    /// Returns a progress bar for reading a file, if a person can see the bar. The time of the bar begins when the
    /// file's bytes were requested, or otherwise now.
    pub(super) fn bar(&mut self) -> Option<Arc<Bar>> {
        let begun = self.waiting_since.take().unwrap_or_else(Instant::now);
        self.bar = self.bar.take().map(|_| Arc::new(Bar::since(begun)));
        self.bar.clone()
    }

    fn clear_bar(&self) {
        if let Some(bar) = &self.bar {
            bar.clear();
        }
    }

    pub(super) fn today(&self) -> NaiveDate {
        self.today
    }

    /// Returns standard input as a file to read.
    pub(super) fn input(&mut self) -> &mut dyn Read {
        &mut *self.input
    }

    /// Returns the bytes of a file or of standard input: at most one byte more than the limit.
    pub(super) fn bytes(&mut self, file: &Path) -> Result<Vec<u8>, Failure> {
        const MOST: u64 = 1 << 31;
        let mut bytes = Vec::new();
        self.waiting_since = Some(Instant::now());
        let read = match is_input(file) {
            true => (&mut self.input).take(MOST + 1).read_to_end(&mut bytes),
            false => open_file(file).and_then(|(file, _)| file.take(MOST + 1).read_to_end(&mut bytes)),
        };
        read.map_err(|error| Failure::of_file(file, &error))?;
        Ok(bytes)
    }

    /// Returns a line that a person types. Returns a blank line at the end of the input.
    pub(super) fn line(&mut self) -> Result<String, Failure> {
        let (mut line, mut byte) = (Vec::new(), [0]);
        loop {
            let read = self.input.read(&mut byte).map_err(|error| Failure::of_file(Path::new("-"), &error))?;
            match byte {
                _ if read == 0 => break,
                [b'\n'] => break,
                [byte] if line.len() < 4096 => line.push(byte),
                _ => {}
            }
        }
        Ok(String::from_utf8_lossy(&line).trim().to_owned())
    }

    /// Returns the [`bytes`](Self::bytes) as text.
    pub(super) fn text(&mut self, file: &Path) -> Result<String, Failure> {
        let text = String::from_utf8(self.bytes(file)?);
        text.map_err(|_| Failure::Failed(format!("{}: this is not UTF-8 text", shown(file))))
    }

    /// Prints lines for the person at the terminal.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Failure> {
        let line = format!("{}\n", text.trim_end_matches('\n'));
        self.clear_bar();
        if self.is_output_taken {
            self.tell(&line);
            return Ok(());
        }
        self.send(line.as_bytes())
    }

    /// Prints lines on standard error. Characters that move the cursor are shown as symbols.
    pub(super) fn message(&mut self, text: &str) {
        for line in text.lines() {
            self.tell(&format!("{}\n", visible(line)));
        }
    }

    /// Writes a file completely or not at all, and only its owner can read it. If the file is standard output, writes
    /// there, and messages go to standard error from then on.
    pub(super) fn put(&mut self, file: &Path, bytes: &[u8]) -> Result<(), Failure> {
        self.clear_bar();
        if !is_output(file) {
            return save_file(file, bytes).map_err(|error| Failure::of_file(file, &error));
        }
        self.is_output_taken = true;
        self.send(bytes)
    }

    fn send(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if self.is_output_closed {
            return Ok(());
        }
        let written = self.output.write_all(bytes);
        self.seen(written)
    }

    fn seen(&mut self, written: io::Result<()>) -> Result<(), Failure> {
        match written {
            // A reader that closes its end, as `head` does, has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.is_output_closed = true;
                Ok(())
            }
            Err(error) => Err(Failure::Stream(OutputStream::Output, error)),
            Ok(()) => Ok(()),
        }
    }

    /// Writes to standard error. If that fails, the failure cannot be reported.
    fn tell(&mut self, text: &str) {
        self.clear_bar();
        let _ = self.messages.write_all(text.as_bytes());
    }

    /// Returns the exit code, after writing all output.
    pub(super) fn ended(&mut self, ended: Result<u8, Failure>) -> u8 {
        let flushed = if self.is_output_closed { Ok(()) } else { self.output.flush() };
        let flushed = self.seen(flushed);
        match ended.and_then(|code| flushed.map(|()| code)) {
            Ok(code) => code,
            Err(Failure::Stream(stream, error)) => {
                self.tell(&format!("{}\n", told_of_stream(stream, &error)));
                FAILED
            }
            // `failed` has already reported all other failures.
            Err(_) => FAILED,
        }
    }
}

/// Returns whether a file is standard input.
pub(super) fn is_input(file: &Path) -> bool {
    file == Path::new("-") || file == Path::new("/dev/stdin")
}

/// Returns whether a file is standard output.
pub(super) fn is_output(file: &Path) -> bool {
    file == Path::new("-") || file == Path::new("/dev/stdout")
}

/// Returns a file's name as messages show it.
pub(super) fn named(file: &Path) -> String {
    if is_output(file) { "standard output".to_owned() } else { shown(file) }
}

/// A stream that waits until it can read or write. A parent process, such as Node, may leave a stream in a mode in
/// which it does not wait.
struct Patient<S>(S);

const PAUSE: Duration = Duration::from_millis(1);

impl<S> Patient<S> {
    fn wait<T>(&mut self, mut work: impl FnMut(&mut S) -> io::Result<T>) -> io::Result<T> {
        loop {
            match work(&mut self.0) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
                done => return done,
            }
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wait(|stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wait(W::flush)
    }
}

impl<R: Read> Read for Patient<R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.wait(|stream| stream.read(bytes))
    }
}

/// Returns standard output without Rust's own buffer. If the disk is full, that buffer stays full until the process
/// ends.
#[cfg(unix)]
fn raw_output() -> Box<dyn Write> {
    use std::os::fd::AsFd as _;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(output) => Box::new(std::fs::File::from(output)),
        Err(_) => Box::new(io::stdout()),
    }
}

/// Returns Rust's own stream, because a Windows console accepts text only from that stream.
#[cfg(not(unix))]
fn raw_output() -> Box<dyn Write> {
    Box::new(io::stdout())
}

fn raw_input() -> impl Read {
    io::stdin()
}

#[cfg(test)]
mod tests {
    use super::super::failure::sentence;
    use super::*;

    /// A stream that refuses two of three writes, and accepts at most two bytes.
    struct Busy(u8, Vec<u8>);

    impl Write for Busy {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += 1;
            if !self.0.is_multiple_of(3) {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            self.1.extend(bytes.iter().take(2));
            Ok(bytes.len().min(2))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn retries_a_write_when_a_nonblocking_stream_is_busy() {
        let mut busy = Patient(Busy(0, Vec::new()));
        busy.write_all(b"whole").unwrap();
        assert_eq!(busy.0.1, b"whole");
    }

    #[test]
    fn shows_a_system_error_without_its_number() {
        let error = std::fs::File::open("/none/of/this").unwrap_err();
        assert!(!sentence(&error).contains("os error"), "{}", sentence(&error));
    }
}
