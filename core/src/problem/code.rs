//! The list of problem codes, each with its severity and its title, which is the rule in one sentence. `message.rs` has
//! the messages. The codes are also in `bindings-node/lib/shared/problem.ts` and `docs/problems.md`.

use crate::code::coded;

/// The severity of a problem: whether the file is refused or accepted.
///
/// ```
/// use onroll::problem::Severity;
/// use onroll::Reader;
/// # let csv = onroll::template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\n";
/// let report = Reader::new().check_bytes(csv.as_bytes());
/// for severity in Severity::ALL {
///     let count = report.problems().iter().filter(|problem| problem.severity() == severity).count();
///     println!("{count} with severity {}", severity.as_str());
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(clippy::exhaustive_enums)]
pub enum Severity {
    /// The file is refused until the error is corrected.
    Error,
    /// The file is accepted, but a person should check it.
    Warning,
}

impl Severity {
    /// Both severities.
    pub const ALL: [Self; 2] = [Self::Error, Self::Warning];

    /// Returns `"error"` or `"warning"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

macro_rules! problem_codes {
    ($($code:ident $name:literal $severity:ident $title:literal;)*) => {
        /// The kind of problem, as a stable code in kebab-case. Codes are part of the public interface.
        ///
        /// ```
        /// use onroll::problem::Severity;
        /// use onroll::ProblemCode;
        /// assert_eq!(ProblemCode::YesNo.to_string(), "yes-no");
        /// assert_eq!(ProblemCode::NotNfc.severity(), Severity::Warning);
        /// // A page that explains each code.
        /// for code in ProblemCode::ALL {
        ///     println!("{}: {}", code.as_str(), code.title());
        /// }
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $(#[doc = $title] $code,)*
        }

        impl ProblemCode {
            /// Every code, in the order in which a report groups them.
            pub const ALL: &'static [Self] = &[$(Self::$code,)*];

            /// Returns the code in kebab-case.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// Returns the severity of a problem with this code.
            pub fn severity(self) -> Severity {
                match self { $(Self::$code => Severity::$severity,)* }
            }

            /// Returns the rule behind the code, as a sentence for a school office. It contains no value.
            pub fn title(self) -> &'static str {
                match self { $(Self::$code => $title,)* }
            }
        }
    };
}

problem_codes! {
    NotACsv "not-a-csv" Error "The file must be a CSV (comma separated) file";
    WorkbookUnreadable "workbook-unreadable" Error "The workbook must be readable";
    WorkbookProtected "workbook-protected" Error "The workbook must open without a password";
    SheetChoice "sheet-choice" Error "It must be clear which sheet holds the students";
    NotAccepted "not-accepted" Error "Accepted suggestions must belong to this file";
    EmptyFile "empty-file" Error "The file must not be empty";
    FileTooLarge "file-too-large" Error "The file must be within the limits of size and rows";
    WrongDelimiter "wrong-delimiter" Error "Columns must be separated by commas";
    HeadingMissing "heading-missing" Error "All nine headings must be present";
    HeadingUnknown "heading-unknown" Error "Only the columns of the template are read";
    HeadingMisspelt "heading-misspelt" Error "Headings must be spelt exactly";
    HeadingDuplicate "heading-duplicate" Error "Each heading must appear only once";
    HeadingOrder "heading-order" Error "Headings must be in the order of the template";
    Dialect "dialect" Error "The file must be written as Excel writes CSV";
    NotAStudent "not-a-student" Error "Every row below the headings must be a student";
    UnclosedQuote "unclosed-quote" Error "Every opening quotation mark must be closed";
    RowLength "row-length" Error "Every row must have one value under each heading";
    Blank "blank" Error "No value may be blank";
    ForbiddenCharacter "forbidden-character" Error "Values must not contain control or invisible characters";
    StraySpace "stray-space" Error "Values must not contain stray spaces";
    Quoted "quoted" Error "Values must not be inside quotation marks";
    StrayQuote "stray-quote" Error "A quotation mark within a value must be written twice";
    Mojibake "mojibake" Error "Letters must not be garbled";
    LetterLost "letter-lost" Error "Letters must not be replaced by question marks";
    HtmlEntity "html-entity" Error "Values must contain letters, not HTML codes";
    Placeholder "placeholder" Error "Every student must have a name";
    TooLong "too-long" Error "Values must be within the length limit";
    Gender "gender" Error "Gender must be Male, Female or Non-Binary";
    YesNo "yes-no" Error "Pupil Premium, SEND and EAL must be Yes or No";
    EthnicityUnknown "ethnicity-unknown" Error "Ethnicity must be one of the Department for Education's codes";
    EthnicityDescription "ethnicity-description" Error "Ethnicity must be written as a code";
    EthnicityExtended "ethnicity-extended" Error "Ethnicity must be one of the main codes";
    UsernameDuplicate "username-duplicate" Error "No two students may have the same username";
    RowDuplicate "row-duplicate" Error "No student may have two rows";
    HostIdDuplicate "host-id-duplicate" Error "No two accounts may have the same host id";
    SourceIdDuplicate "source-id-duplicate" Error "No two students may have the same source id";
    UsernameNotEmail "username-not-email" Error "With SSO, the username must be the student's email address";
    FormulaWithoutValue "formula-without-value" Error "Formulas must be stored with their values";
    ExcelMangled "excel-mangled" Error "Values must be as the school typed them, not as Excel changed them";
    HiddenCells "hidden-cells" Warning "Hidden rows and columns are read too";
    Encoding "encoding" Warning "The file should be saved as UTF-8";
    NotNfc "not-nfc" Warning "An accented letter should be one character";
    UsernameNotName "username-not-name" Warning "A username should not be another student's name";
    UnusualLetters "unusual-letters" Warning "Names should use ordinary letters";
    LeadingApostrophe "leading-apostrophe" Warning "Values should not begin with an apostrophe";
    NameUnlikely "name-unlikely" Warning "Names should contain only the name";
    ColumnsSwapped "columns-swapped" Warning "Each column should match its heading";
    SpellingVaries "spelling-varies" Warning "A year group or class should have one spelling";
    SameStudent "same-student" Warning "One student should have one row";
    NameReversed "name-reversed" Warning "Names should have the first name first";
    ExcelRisk "excel-risk" Warning "Usernames should not be values that Excel changes";
    MixedScript "mixed-script" Warning "Words should not mix letters of two writing systems";
    SourceIdInvalid "source-id-invalid" Warning "Source ids should be ids; a text that is certainly no id is ignored";
    UpnInvalid "upn-invalid" Warning "UPNs should be valid; an invalid UPN identifies no student";
    UpnDuplicate "upn-duplicate" Warning "No two students should have the same UPN; a shared UPN identifies no student";
    NotRecorded "not-recorded" Warning "Values are left out, or decided by the list of pupil premium";
    NoStudents "no-students" Warning "The file should hold at least one student";
    TooManyProblems "too-many-problems" Warning "Further problems are counted but not listed";
}

coded!(Severity: "severity", ProblemCode: "problem code");
