//! The options of a `Reader`, such as `fix` and `any_order`. Those for exports are in `detect.rs` and `premium.rs`. An
//! option is also in `bindings-python/src/reading_options.rs`, `bindings-node/src/choices.rs` and
//! `bindings-node/lib/shared/choices.ts`.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::check::Rules;
use crate::table::Limits;
use crate::username::SignIn;
use crate::values::ethnicity::Ethnicities;
use crate::watch::Watch;

use super::edits::Edits;
use super::{CellEdit, ExtraColumns, Reader};

impl Reader {
    /// Sets the way in which students sign in. With `Sso`, every username must be an email address.
    pub fn sign_in(mut self, sign_in: SignIn) -> Self {
        self.sign_in = sign_in;
        self
    }

    /// Sets whether to apply every safe fix while reading. The report lists the fixes. Off by default.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,White British,No,No\n";
    /// let roster = Reader::new().fix(true).read_bytes(csv.into_bytes())?;
    /// assert_eq!(roster.report().fixed_count(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fix(mut self, fix: bool) -> Self {
        self.fix = fix;
        self
    }

    /// Sets whether the columns may be in any order. Off by default.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = "Username,Student Full Name,Class,Year Group,Gender,Pupil Premium,Ethnicity,SEND,EAL\n\
    ///            Zoë Okafor,Zoë Okafor,5A,Year 5,Female,No,BAFR,No,No\n";
    /// assert_eq!(Reader::new().any_order(true).read_bytes(csv.as_bytes())?.len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn any_order(mut self, any_order: bool) -> Self {
        self.any_order = any_order;
        self
    }

    /// Sets whether Pupil Premium, Ethnicity, SEND and EAL may be absent from the file. Every student then has `No` or
    /// `NOBT` in an absent column, and the roster lists the column as [unrecorded](crate::Roster::unrecorded). So a
    /// plan does not change the accounts' values in that column. Off by default.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = "Student Full Name,Username,Year Group,Class,Gender\nZoë Okafor,Zoë Okafor,Year 5,5A,Female\n";
    /// let roster = Reader::new().optional_columns(true).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.unrecorded().len(), 4);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn optional_columns(mut self, optional_columns: bool) -> Self {
        self.optional_columns = optional_columns;
        self
    }

    /// Sets whether only the 18 main ethnicity codes and the two status codes are accepted. If you set this, any
    /// extended code is a problem, and its fix is the main code. Off by default.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BNGN,No,No\n";
    /// let report = Reader::new().main_codes_only(true).check_bytes(csv.as_bytes());
    /// assert_eq!(report.problems()[0].fix().unwrap().text(), "BAFR"); // BNGN is Nigerian
    /// ```
    pub fn main_codes_only(mut self, main_codes_only: bool) -> Self {
        self.main_codes_only = main_codes_only;
        self
    }

    /// Sets whether to refuse or ignore columns that are not in the template. By default, such columns are refused.
    /// `UPN` and `Source ID` are always read.
    ///
    /// ```
    /// use onroll::reader::ExtraColumns;
    /// use onroll::Reader;
    /// let csv = onroll::template_csv().trim_end().to_owned() + ",House\nZoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No,Red\n";
    /// assert!(Reader::new().read_bytes(csv.as_bytes()).is_err());
    /// let roster = Reader::new().extra_columns(ExtraColumns::Ignore).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.len(), 1);
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn extra_columns(mut self, extra_columns: ExtraColumns) -> Self {
        self.extra_columns = extra_columns;
        self
    }

    /// Applies suggestions that a person accepted. Pass the [ids](crate::Problem::id) of the problems with these
    /// suggestions. The ids must come from a report on the same file, read with the same options. The file is read
    /// again to apply the suggestions. An id that does not belong to the file is reported as a problem.
    ///
    /// ```
    /// use onroll::Reader;
    /// let csv = onroll::template_csv() + "\"Okafor, Zoë\",zoe,Year 5,5A,Female,No,BAFR,No,No\n";
    /// let report = Reader::new().check_bytes(csv.as_bytes());
    /// let roster = Reader::new().accept([report.problems()[0].id()]).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().full_name, "Zoë Okafor");
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn accept<I: Into<Box<str>>>(mut self, ids: impl IntoIterator<Item = I>) -> Self {
        self.accepted = ids.into_iter().map(Into::into).collect();
        self
    }

    /// Applies a person's edits: replaces values in the file with typed values, and leaves out the rows that the person
    /// removed. The corrected file contains these edits. Edits to rows that are not in the file have no effect. A file
    /// with edits is read on one thread.
    ///
    /// ```
    /// use onroll::reader::CellEdit;
    /// use onroll::{Column, Reader};
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,,Female,No,BAFR,No,No\n";
    /// let typed = CellEdit::set(2, Column::Class, "5A");
    /// let roster = Reader::new().edits([typed]).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().class_name, "5A");
    /// # Ok::<(), onroll::ReadError>(())
    /// ```
    pub fn edits(mut self, edits: impl IntoIterator<Item = CellEdit>) -> Self {
        self.edits = Arc::new(Edits::of(edits));
        self
    }

    /// Sets the largest number of threads that read a file. Each thread reads at least a megabyte. The number 0 means
    /// one thread for each processor. The roster and the report are the same for any number of threads. The default is
    /// one. A corrected file is always written on one thread.
    pub fn threads(mut self, threads: usize) -> Self {
        let available = || std::thread::available_parallelism().map_or(1, usize::from);
        // WebAssembly has one thread, and starting a second thread would trap.
        self.threads = match threads {
            _ if cfg!(target_family = "wasm") => 1,
            0 => available(),
            threads => threads,
        };
        self
    }

    /// Sets the size of the smallest part of a file that a thread reads. Tests use this to read a small file in many
    /// parts.
    #[cfg(any(test, fuzzing))]
    #[doc(hidden)]
    pub fn smallest_part(mut self, bytes: usize) -> Self {
        self.smallest_part = bytes;
        self
    }

    /// Sets which sheet of a workbook to read, by its name. A hidden sheet is read only if you name it. If you name no
    /// sheet, onroll reads the only visible sheet with the headings of a student table. If there are several such
    /// sheets, the report asks which sheet to read. The option does not affect CSV files.
    ///
    /// ```
    /// # #[cfg(feature = "workbook")]
    /// # {
    /// use onroll::Reader;
    /// let workbook = onroll::reader::template_workbook()?;
    /// let report = Reader::new().sheet("Students").check_bytes(workbook);
    /// assert_eq!(report.sheet(), Some("Students"));
    /// # }
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn sheet(mut self, name: impl Into<Box<str>>) -> Self {
        self.sheet = Some(name.into());
        self
    }

    /// Sets the limits for a file.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets the accepted ethnicity codes. The default codes are those of the Department for Education.
    ///
    /// ```
    /// use onroll::values::Ethnicities;
    /// use onroll::Reader;
    /// let codes = Ethnicities::default().with("WSHE", "White - Shetlander", "WBRI")?; // a code of the local authority
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,WSHE,No,No\n";
    /// let roster = Reader::new().ethnicities(codes).read_bytes(csv.as_bytes())?;
    /// assert_eq!(roster.get(0).unwrap().ethnicity.code(), "WSHE");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn ethnicities(self, ethnicities: Ethnicities) -> Self {
        self.shared_ethnicities(Arc::new(ethnicities))
    }

    pub(crate) fn shared_ethnicities(mut self, ethnicities: Arc<Ethnicities>) -> Self {
        self.ethnicities = ethnicities;
        self
    }

    /// Sets a function that is called every 64 KiB while reading, and every 10,000 steps afterwards. For progress bars,
    /// the function gets the number of bytes read and the total. The function can cancel the work, which then fails
    /// with [`std::io::ErrorKind::Interrupted`]. If the function panics, the panic reaches your code. A file is read
    /// again from its beginning if it proves not to be UTF-8. [`check_bytes`](Self::check_bytes) cannot fail, so it
    /// never calls the function.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    /// let impatient = onroll::Reader::new().watch(|_, _| ControlFlow::Break(()));
    /// let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\n";
    /// assert!(matches!(impatient.read_bytes(csv.into_bytes()), Err(onroll::ReadError::Io(_))));
    /// ```
    pub fn watch(mut self, watch: impl Fn(u64, u64) -> ControlFlow<()> + Send + Sync + 'static) -> Self {
        self.watch = Watch::new(watch);
        self
    }

    /// Returns the rules for the values of a row.
    pub(super) fn rules(&self) -> Rules {
        Rules::new(self.sign_in, &self.ethnicities)
            .fix(self.fix)
            .main_codes_only(self.main_codes_only)
            .cell_bytes(self.limits.within_reach().cell_bytes)
    }
}
