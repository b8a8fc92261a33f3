//! The Python classes `Snapshot` and `SnapshotWarning`: all of Wonde's data about one school's students. Reads the
//! options of `Snapshot.roster`.

use std::sync::Arc;

use onroll::Column;
use onroll::wonde::{self, ClassFrom, EmailFrom, NamesFrom, Options};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyMapping, PyTuple, PyType};

use crate::ethnicity;
use crate::input::{Text, argument, datetime, day, named, no_choice, wrong};
use crate::pickle::{self, Pickled};
use crate::roster::Roster;
use crate::values;

/// All of Wonde's data about one school's students at one time. A snapshot is always complete: if Wonde does not answer
/// completely, you get a WondeError instead. len() returns the number of students.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     snapshot = fake.client().snapshot(fake.school_id)
/// >>> len(snapshot), snapshot.school_id, snapshot.since, snapshot.pages
/// (60, 'A1329183376', None, 1)
/// >>> snapshot.count, snapshot.counted, snapshot.duplicates, snapshot.left
/// (60, True, 0, 0)
/// >>> snapshot.includes[0], snapshot.warnings
/// ('education_details', [])
/// >>> len(snapshot.roster(sign_in="password", class_from="registration"))
/// 60
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct Snapshot(pub(super) Arc<wonde::Snapshot>);

#[pymethods]
impl Snapshot {
    /// The school's id.
    #[getter]
    fn school_id(&self) -> &str {
        self.0.school_id()
    }

    /// The time since which changes were requested. None for a full snapshot.
    #[getter]
    fn since<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.since().map(|since| datetime(py, since)).transpose()
    }

    /// The number of records that were left out because the same student was also on another page.
    #[getter]
    fn duplicates(&self) -> usize {
        self.0.duplicates()
    }

    /// The number of pages that were read.
    #[getter]
    fn pages(&self) -> u32 {
        self.0.pages()
    }

    /// Whether Wonde's own count of students is known, and equals the number of students that were read.
    #[getter]
    fn counted(&self) -> bool {
        self.0.is_counted()
    }

    /// Wonde's own count of students. None if Wonde did not give it, or if it was not requested, as for a delta.
    #[getter]
    fn count(&self) -> Option<u64> {
        self.0.count()
    }

    /// The parts of the records that were read, by Wonde's names, such as 'groups'. Parts that the token may not read
    /// are left out.
    #[getter]
    fn includes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.includes())
    }

    /// The warnings: for example, Wonde's count of students differs from its list, or the token may not read some parts
    /// of the records.
    #[getter]
    fn warnings(&self) -> Vec<SnapshotWarning> {
        self.0.warnings().iter().copied().map(SnapshotWarning).collect()
    }

    /// The number of students in a delta who left the school or were deleted.
    #[getter]
    fn left(&self) -> usize {
        self.0.left()
    }

    /// Returns the students as a roster. Students whose record has an error are in the roster's `held`, with the
    /// reason.
    ///
    /// sign_in: 'password' or 'sso'. With 'sso', the username is the email address.
    /// class_from: the group that is used as the class. 'registration' is the registration group, 'first' is the first
    /// class by name, and 'main' is the class marked as the main one. No published sample of Wonde data contains this
    /// mark. If a student has no group of the chosen kind, the other kinds are tried.
    /// names_from: 'preferred' or 'legal', the kind of name to use.
    /// email_from: the address to use: 'usual', 'email', 'primary', 'work' or 'home'. 'usual' means the address without
    /// a label. If no address lacks a label, 'usual' means the primary address, or else the work address.
    /// email_domains: the school's own email domains. With 'sso', an address in another domain is never a username.
    /// main_codes_only: replace extended ethnicity codes by their main codes.
    /// year_from_class: read a missing year group from the class's name, if it begins with a year.
    /// withheld: fields that the school withholds. For a delta, pass `roster.unrecorded` from the last full snapshot.
    /// values: the meanings of texts in the school's MIS, by field: {'send': {'Monitoring': 'No'}}. The meaning None
    /// stands for 'not recorded'.
    /// ethnicities: additional ethnicity codes, and additional words for codes, as for onroll.read_csv.
    /// today: today's date. A student whose leaving date is before `today` has left. Without `today`, leaving dates are
    /// ignored.
    ///
    /// Raises ValueError for an invalid domain, field or value.
    #[pyo3(signature = (*, sign_in=None, class_from=Text::from("registration"), names_from=Text::from("preferred"),
                        email_from=Text::from("usual"), email_domains=Vec::new(), main_codes_only=false, year_from_class=false,
                        withheld=Vec::new(), values=None, ethnicities=None, today=None),
           text_signature = "($self, *, sign_in='password', class_from='registration', names_from='preferred', email_from='usual', email_domains=(), main_codes_only=False, year_from_class=False, withheld=(), values=None, ethnicities=None, today=None)")]
    #[allow(clippy::too_many_arguments)] // keywords of Python
    fn roster(
        &self,
        py: Python<'_>,
        sign_in: Option<&Bound<'_, PyAny>>,
        #[pyo3(from_py_with = named::class_from)] class_from: Text,
        #[pyo3(from_py_with = named::names_from)] names_from: Text,
        #[pyo3(from_py_with = named::email_from)] email_from: Text,
        #[pyo3(from_py_with = named::email_domains)] email_domains: Vec<Text>,
        #[pyo3(from_py_with = named::main_codes_only)] main_codes_only: bool,
        #[pyo3(from_py_with = named::year_from_class)] year_from_class: bool,
        #[pyo3(from_py_with = named::withheld)] withheld: Vec<Text>,
        values: Option<&Bound<'_, PyAny>>,
        ethnicities: Option<&Bound<'_, PyAny>>,
        today: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Roster> {
        let refused = |error: wonde::OptionsError| PyValueError::new_err(error.to_string());
        let mut options = Options::new()
            .class_from(chosen("class_from", ClassFrom::named(&class_from), ClassFrom::NAMES, &class_from)?)
            .names_from(chosen("names_from", NamesFrom::named(&names_from), NamesFrom::NAMES, &names_from)?)
            .email_from(chosen("email_from", EmailFrom::named(&email_from), EmailFrom::NAMES, &email_from)?)
            .email_domains(email_domains.iter().map(|domain| &**domain))
            .map_err(refused)?
            .main_codes_only(main_codes_only)
            .year_from_class(year_from_class)
            .withheld(withheld.iter().map(|name| column("withheld", name)).collect::<PyResult<Vec<_>>>()?);
        if let Some(sign_in) = sign_in {
            options = options.sign_in(values::sign_in(sign_in)?);
        }
        if let Some(today) = today {
            options = options.today(day("today", today)?);
        }
        if let Some(ethnicities) = ethnicities {
            options = options.ethnicities(ethnicity::ethnicities(ethnicities)?);
        }
        if let Some(values) = values {
            for (field, text, value) in mapped(values)? {
                options = options.value_named(&field, &text, &value).map_err(refused)?;
            }
        }
        Ok(Roster::new(crate::ending::detach(py, || self.0.roster(&options))))
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    /// Returns the snapshot itself, because it never changes.
    fn __copy__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __deepcopy__<'py>(slf: Bound<'py, Self>, _memo: &Bound<'py, PyAny>) -> Bound<'py, Self> {
        slf
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(|snapshot| Self(Arc::new(snapshot)))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&*slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.Snapshot: {} students>", self.0.len())
    }
}

fn chosen<T>(name: &str, choice: Option<T>, names: &[&str], given: &str) -> PyResult<T> {
    choice.ok_or_else(|| no_choice(name, names, given))
}

/// Returns the column with this field name or, as in `unrecorded`, with this heading.
fn column(name: &str, given: &str) -> PyResult<Column> {
    let column = Column::ALL.into_iter().find(|column| column.key() == given || column.heading() == given);
    column.ok_or_else(|| no_choice(name, &Column::ALL.map(Column::key), given))
}

/// Reads the argument `values` as triples of field, text and meaning. None becomes a blank, and True and False become
/// Yes and No.
fn mapped(values: &Bound<'_, PyAny>) -> PyResult<Vec<(Text, Text, String)>> {
    let items = |name: &str, object: &Bound<'_, PyAny>| -> PyResult<Vec<(Text, Py<PyAny>)>> {
        let mapping = object.cast::<PyMapping>().map_err(|_| wrong(name, "a mapping", object))?;
        let pair = |item: Bound<'_, PyAny>| -> PyResult<(Text, Py<PyAny>)> {
            let (key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>) = item.extract()?;
            Ok((argument(&format!("a key of {name}"), "a str", &key)?, value.unbind()))
        };
        mapping.items()?.iter().map(pair).collect()
    };
    let py = values.py();
    let mut all = Vec::new();
    for (field, texts) in items("values", values)? {
        let name = format!("values['{}']", &*field);
        for (text, value) in items(&name, texts.bind(py))? {
            let value = value.bind(py);
            let value = match value.cast::<PyBool>() {
                Ok(flag) => if flag.is_true() { "Yes" } else { "No" }.to_owned(),
                Err(_) if value.is_none() => String::new(),
                Err(_) => {
                    String::from(argument::<Text>(&format!("a value of {name}"), "a str, a bool or None", value)?)
                }
            };
            all.push((Text::from(&*field), text, value));
        }
    }
    Ok(all)
}

/// A warning about a snapshot, which is still complete. str() returns the warning as a sentence without personal data.
///
/// >>> from onroll.testing import FakeWonde
/// >>> with FakeWonde(60) as fake:
/// ...     _ = fake.control(set={"count_off": 2})
/// ...     for warning in fake.client().snapshot(fake.school_id).warnings:
/// ...         print(warning.code)
/// count-differs
#[pyclass(frozen, module = "onroll.wonde")]
pub(crate) struct SnapshotWarning(wonde::SnapshotWarning);

#[pymethods]
impl SnapshotWarning {
    /// 'count-differs' or 'include-refused'.
    #[getter]
    fn code(&self) -> &'static str {
        self.0.code()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    #[classmethod]
    fn _restore(_class: &Bound<'_, PyType>, kept: &str) -> PyResult<Self> {
        pickle::restored(kept).map(Self)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, (String,)> {
        Ok((slf.get_type().getattr("_restore")?, (pickle::kept(&slf.get().0)?,)))
    }

    fn __repr__(&self) -> String {
        format!("<onroll.wonde.SnapshotWarning: {}>", self.0.code())
    }
}
