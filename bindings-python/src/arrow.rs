//! Exports and imports tables with Arrow's C stream interface. An export makes each batch on demand.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::CStr;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::ffi::FFI_ArrowSchema;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{self, ArrowDictionaryKeyType, ArrowPrimitiveType};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, LargeStringArray, PrimitiveArray,
    RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray, StringViewArray, UInt64Array,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use chrono::{Datelike, NaiveDate};
use onroll::{
    Account, AccountState, Change, Column, Ethnicities, Ethnicity, FieldValue, Gender, Plan, Problem, Student,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyCapsule, PyCapsuleMethods, PyDict, PyTypeMethods};

use crate::input::wrong;
use crate::rows::{self, Cell, Cells, FIELDS, STATE};

const STREAM: &CStr = c"arrow_array_stream";
const SCHEMA: &CStr = c"arrow_schema";
pub(crate) const IDS: [&str; 2] = ["source_id", "upn"];
/// Small enough that the text of a batch needs only 32-bit offsets, even if every value has the greatest length.
const BATCH_ROWS: usize = 1 << 14;
const GENDERS: [&str; 3] = ["Male", "Female", "Non-Binary"];

/// Students or accounts, by index.
pub(crate) trait Source: Send + Sync + 'static {
    fn len(&self) -> usize;
    fn student(&self, place: usize) -> Option<Student<'_>>;
    /// Returns the account at this index, or None if the source is a roster.
    fn account(&self, _place: usize) -> Option<Account<'_>> {
        None
    }
    /// Returns the source id and the UPN, if known.
    fn ids(&self, place: usize) -> [Option<&str>; 2];
    /// Returns Wonde's id for the person, if known.
    fn upi(&self, place: usize) -> Option<&str>;
    /// Returns the ethnicity codes that a student may have.
    fn ethnicities(&self) -> &Ethnicities;
    /// Whether the table has the columns of `IDS`.
    fn has_ids(&self) -> bool;
    /// Whether the table has a column of Wonde's ids for persons: true if at least one is known.
    fn has_upis(&self) -> bool {
        (0..self.len()).any(|place| self.upi(place).is_some())
    }
    /// Whether the table has the columns of `STATE`: true if a host or a teacher has set one of them for at least one
    /// account.
    fn has_state(&self) -> bool {
        false
    }
    const ARE_ACCOUNTS: bool;
}

impl Source for onroll::Roster {
    const ARE_ACCOUNTS: bool = false;

    fn len(&self) -> usize {
        self.len()
    }

    fn student(&self, place: usize) -> Option<Student<'_>> {
        self.get(place)
    }

    fn ids(&self, place: usize) -> [Option<&str>; 2] {
        [self.source_id(place), self.upn(place)]
    }

    fn upi(&self, place: usize) -> Option<&str> {
        self.upi(place)
    }

    fn ethnicities(&self) -> &Ethnicities {
        self.ethnicities()
    }

    /// A roster from a CSV has no ids.
    fn has_ids(&self) -> bool {
        (0..self.len()).any(|place| self.ids(place) != [None, None])
    }
}

impl Source for onroll::Accounts {
    const ARE_ACCOUNTS: bool = true;

    fn has_state(&self) -> bool {
        self.iter().any(|account| account.state != AccountState::default())
    }

    fn len(&self) -> usize {
        self.len()
    }

    fn student(&self, place: usize) -> Option<Student<'_>> {
        self.at(place).map(|account| account.student())
    }

    fn account(&self, place: usize) -> Option<Account<'_>> {
        self.at(place)
    }

    fn ids(&self, place: usize) -> [Option<&str>; 2] {
        self.at(place).map_or([None, None], |account| [account.source_id, account.upn])
    }

    fn upi(&self, place: usize) -> Option<&str> {
        self.at(place).and_then(|account| account.upi)
    }

    fn ethnicities(&self) -> &Ethnicities {
        self.ethnicities()
    }

    fn has_ids(&self) -> bool {
        true
    }
}

/// Returns the capsule of a stream of batches, each made on demand. If all types of the requested schema are possible,
/// the stream has these types.
pub(crate) fn stream<'py, S: Source>(
    py: Python<'py>,
    source: Arc<S>,
    requested: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let mut schema = schema(source.as_ref());
    if let Some(requested) = requested.filter(|requested| !requested.is_none()) {
        schema = negotiated(schema, &requested_schema(requested)?, source.ethnicities().iter().count())?;
    }
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(Batches { schema, source, next: 0 })), STREAM)
}

fn schema<S: Source>(source: &S) -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    if source.has_ids() {
        fields.extend(IDS.map(|name| Field::new(name, DataType::Utf8, true)));
    }
    if source.has_upis() {
        fields.push(Field::new("upi", DataType::Utf8, true));
    }
    for (name, column) in FIELDS.into_iter().zip(Column::ALL) {
        let kind = match column {
            Column::Gender => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            Column::Ethnicity => DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8)),
            Column::PupilPremium | Column::Send | Column::Eal => DataType::Boolean,
            _ => DataType::Utf8,
        };
        fields.push(Field::new(name, kind, column == Column::Gender));
    }
    if S::ARE_ACCOUNTS {
        fields.push(Field::new("active", DataType::Boolean, false));
        fields.push(Field::new("host_id", DataType::Utf8, true));
        fields.push(Field::new("has_password", DataType::Boolean, false));
        if source.has_state() {
            let kinds = [DataType::Boolean, DataType::Boolean, DataType::Utf8, DataType::Date32];
            fields.extend(STATE.into_iter().zip(kinds).map(|(name, kind)| {
                let is_nullable = kind != DataType::Boolean;
                Field::new(name, kind, is_nullable)
            }));
        }
    }
    Arc::new(Schema::new(fields))
}

/// Reads the schema in a capsule. The consumer keeps the ownership of it.
fn requested_schema(object: &Bound<'_, PyAny>) -> PyResult<Schema> {
    let what = "an 'arrow_schema' capsule";
    let capsule: &Bound<'_, PyCapsule> = object.cast().map_err(|_| wrong("requested_schema", what, object))?;
    let pointer = capsule.pointer_checked(Some(SCHEMA)).map_err(|_| wrong("requested_schema", what, object))?;
    // SAFETY: a capsule of this name contains an `FFI_ArrowSchema`, and lives as long as `object`, which is borrowed
    // here.
    let schema = unsafe { pointer.cast::<FFI_ArrowSchema>().as_ref() };
    // If the schema was released already, reading it panics.
    let read = catch_unwind(AssertUnwindSafe(|| Schema::try_from(schema)));
    let read = read.ok().and_then(Result::ok);
    read.ok_or_else(|| PyValueError::new_err("requested_schema could not be read as an Arrow schema"))
}

/// Returns the requested schema, or our own if one of the requested types is not possible. The interface permits that,
/// because a consumer checks the schema that it gets. Fails if the requested fields are not our own.
fn negotiated(own: SchemaRef, requested: &Schema, ethnicities: usize) -> PyResult<SchemaRef> {
    let names = |schema: &Schema| schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    if names(&own) != names(requested) {
        return Err(PyValueError::new_err(format!("requested_schema must have the fields {}", names(&own).join(", "))));
    }
    let fields = own.fields().iter().zip(requested.fields());
    let can_be_had = |(own, requested): (&Arc<Field>, &Arc<Field>)| {
        (requested.is_nullable() || !own.is_nullable())
            && match (own.data_type(), requested.data_type()) {
                (own @ (DataType::Boolean | DataType::Date32), kind) => kind == own,
                (DataType::Dictionary(..), DataType::Dictionary(keys, values)) => {
                    let labels = if own.name() == "ethnicity" { ethnicities } else { GENDERS.len() };
                    has_room(keys, labels) && is_plain_text(values)
                }
                (_, kind) => is_plain_text(kind),
            }
    };
    if !fields.clone().all(can_be_had) {
        return Ok(own);
    }
    Ok(Arc::new(Schema::new(requested.fields().clone())))
}

/// Whether an index of this type can number this many labels.
fn has_room(keys: &DataType, labels: usize) -> bool {
    match keys {
        DataType::Int8 => labels <= 1 << 7,
        DataType::UInt8 => labels <= 1 << 8,
        DataType::Int16 => labels <= 1 << 15,
        kind => kind.is_integer() && labels <= 1 << 16,
    }
}

fn is_plain_text(kind: &DataType) -> bool {
    matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

struct Batches<S> {
    schema: SchemaRef,
    source: Arc<S>,
    next: usize,
}

impl<S: Source> Batches<S> {
    fn batch(&self, places: Range<usize>) -> Result<RecordBatch, ArrowError> {
        // Finding a student costs more than copying a text, so we find each student once, not once for each column.
        let accounts: Vec<Account<'_>> = places.clone().filter_map(|place| self.source.account(place)).collect();
        let students: Vec<Student<'_>> = match S::ARE_ACCOUNTS {
            true => accounts.iter().map(|account| account.student()).collect(),
            false => places.clone().filter_map(|place| self.source.student(place)).collect(),
        };
        let columns = self.schema.fields().iter().map(|field| self.column(field, places.clone(), &students, &accounts));
        RecordBatch::try_new(Arc::clone(&self.schema), columns.collect::<Result<_, _>>()?)
    }

    /// Returns a column, in the type of its field.
    fn column(
        &self,
        field: &Field,
        places: Range<usize>,
        students: &[Student<'_>],
        accounts: &[Account<'_>],
    ) -> Result<ArrayRef, ArrowError> {
        let kind = field.data_type();
        let flags = |flag: fn(&Student<'_>) -> bool| -> Result<ArrayRef, ArrowError> {
            Ok(Arc::new(students.iter().map(|student| Some(flag(student))).collect::<BooleanArray>()))
        };
        let id = |place: usize, which: usize| match accounts.get(place - places.start) {
            Some(account) => [account.source_id, account.upn][which],
            None => self.source.ids(place)[which],
        };
        match field.name().as_str() {
            "source_id" => text(kind, places.clone().map(|place| id(place, 0))),
            "upn" => text(kind, places.clone().map(|place| id(place, 1))),
            "upi" => text(kind, places.clone().map(|place| self.source.upi(place))),
            "full_name" => text(kind, students.iter().map(|student| Some(student.full_name))),
            "username" => text(kind, students.iter().map(|student| Some(student.username))),
            "year_group" => text(kind, students.iter().map(|student| Some(student.year_group))),
            "class_name" => text(kind, students.iter().map(|student| Some(student.class_name))),
            "gender" => {
                let place = |gender: Gender| GENDERS.iter().position(|known| *known == gender.as_str());
                coded(kind, &GENDERS, students.iter().map(|student| student.gender.and_then(place)))
            }
            "ethnicity" => {
                let labels: Vec<&str> = self.source.ethnicities().iter().map(Ethnicity::code).collect();
                let places: HashMap<&str, usize> = (0..).zip(&labels).map(|(n, code)| (*code, n)).collect();
                let code = |student: &Student<'_>| places.get(student.ethnicity.code()).copied();
                coded(kind, &labels, students.iter().map(code))
            }
            "pupil_premium" => flags(|student| student.pupil_premium),
            "send" => flags(|student| student.send),
            "eal" => flags(|student| student.eal),
            "host_id" => text(kind, accounts.iter().map(|account| account.host_id)),
            "own_fields" => {
                let names: Vec<String> = accounts.iter().map(|account| own_fields(account).join(",")).collect();
                text(kind, names.iter().map(|names| Some(names.as_str()).filter(|names| !names.is_empty())))
            }
            "active_until" => {
                let day = |day: NaiveDate| day.num_days_from_ce() - EPOCH;
                let days = accounts.iter().map(|account| account.state.active_until.map(day));
                Ok(Arc::new(days.collect::<Date32Array>()))
            }
            name => {
                let flag = |account: &Account<'_>| match name {
                    "blocked" => account.state.blocked,
                    "has_password" => account.has_password(),
                    "manual" => account.state.manual,
                    _ => account.active,
                };
                Ok(Arc::new(accounts.iter().map(|account| Some(flag(account))).collect::<BooleanArray>()))
            }
        }
    }
}

/// The first day of 1970, as chrono's number of days since the start of the common era.
const EPOCH: i32 = 719_163;

/// Returns the names of the fields that the host maintains itself.
pub(crate) fn own_fields(account: &Account<'_>) -> Vec<&'static str> {
    account.state.own_fields().map(Column::key).collect()
}

/// Returns texts as an array, in the requested layout.
fn text<'t>(kind: &DataType, values: impl Iterator<Item = Option<&'t str>>) -> Result<ArrayRef, ArrowError> {
    Ok(match kind {
        DataType::LargeUtf8 => Arc::new(values.collect::<LargeStringArray>()),
        DataType::Utf8View => Arc::new(values.collect::<StringViewArray>()),
        _ => Arc::new(values.collect::<StringArray>()),
    })
}

/// Returns texts that have few different values, as the requested dictionary or as plain text.
fn coded(
    kind: &DataType,
    labels: &[&str],
    places: impl Iterator<Item = Option<usize>>,
) -> Result<ArrayRef, ArrowError> {
    let DataType::Dictionary(keys, values) = kind else {
        return text(kind, places.map(|place| labels.get(place?).copied()));
    };
    let values = text(values, labels.iter().map(|label| Some(*label)))?;
    match **keys {
        DataType::Int8 => dictionary::<types::Int8Type>(places, values),
        DataType::Int16 => dictionary::<types::Int16Type>(places, values),
        DataType::Int32 => dictionary::<types::Int32Type>(places, values),
        DataType::Int64 => dictionary::<types::Int64Type>(places, values),
        DataType::UInt8 => dictionary::<types::UInt8Type>(places, values),
        DataType::UInt16 => dictionary::<types::UInt16Type>(places, values),
        DataType::UInt32 => dictionary::<types::UInt32Type>(places, values),
        _ => dictionary::<types::UInt64Type>(places, values),
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    places: impl Iterator<Item = Option<usize>>,
    values: ArrayRef,
) -> Result<ArrayRef, ArrowError>
where
    K::Native: TryFrom<usize>,
{
    let key = |place| K::Native::try_from(place).map_err(|_| ArrowError::DictionaryKeyOverflowError);
    let keys = places.map(|place| place.map(key).transpose()).collect::<Result<PrimitiveArray<K>, _>>()?;
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values)?))
}

/// Returns the capsule of a table of problems, without the values in the file.
pub(crate) fn problems<'py>(py: Python<'py>, problems: &[Problem]) -> PyResult<Bound<'py, PyCapsule>> {
    let texts = |text: fn(&Problem) -> Option<String>| -> ArrayRef {
        Arc::new(problems.iter().map(text).collect::<StringArray>())
    };
    let numbers = |number: fn(&Problem) -> Option<u64>| -> ArrayRef {
        Arc::new(problems.iter().map(number).collect::<UInt64Array>())
    };
    let columns: [(&str, ArrayRef); 14] = [
        ("id", texts(|problem| Some(problem.id()))),
        ("code", texts(|problem| Some(problem.code().as_str().to_owned()))),
        ("severity", texts(|problem| Some(problem.severity().as_str().to_owned()))),
        ("row", numbers(Problem::row)),
        ("line", numbers(Problem::line)),
        ("record", numbers(|problem| problem.record().map(|record| record as u64))),
        ("column", texts(|problem| problem.column().map(|column| column.heading().to_owned()))),
        ("field", texts(|problem| problem.column().map(|column| column.key().to_owned()))),
        ("byte", numbers(Problem::byte)),
        ("value", texts(|_| None)),
        ("message", texts(|problem| Some(problem.to_string()))),
        ("fix", texts(|_| None)),
        ("safe", Arc::new(problems.iter().map(|problem| Some(problem.is_safe())).collect::<BooleanArray>())),
        ("count", numbers(|problem| Some(problem.count()))),
    ];
    one_batch(py, columns)
}

/// Returns the old text of the field `name`, if a change replaces it.
pub(crate) fn old_text<'p>(change: &Change<'p>, name: &str) -> Option<Cow<'p, str>> {
    match change.fields().find(|field| field.name() == name)?.old() {
        FieldValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Returns the capsule of a table of changes, without passwords.
pub(crate) fn changes<'py>(py: Python<'py>, plan: &Plan) -> PyResult<Bound<'py, PyCapsule>> {
    let texts = |text: for<'p> fn(&Change<'p>) -> Option<Cow<'p, str>>| -> ArrayRef {
        Arc::new(plan.changes().map(|change| text(&change)).collect::<StringArray>())
    };
    let changed =
        plan.changes().map(|change| Some(change.fields().map(|field| field.name()).collect::<Vec<_>>().join(",")));
    let new_password = plan.changes().map(|change| Some(change.new_password()));
    let columns: [(&str, ArrayRef); 12] = [
        ("kind", texts(|change| Some(change.kind().as_str().into()))),
        ("host_id", texts(|change| change.host_id().map(Cow::from))),
        ("username", texts(|change| Some(change.username().into()))),
        ("source_id", texts(|change| change.account().source_id.map(Cow::from))),
        ("upn", texts(|change| change.account().upn.map(Cow::from))),
        ("full_name", texts(|change| Some(change.account().full_name.into()))),
        ("year_group", texts(|change| Some(change.account().year_group.into()))),
        ("class_name", texts(|change| Some(change.account().class_name.into()))),
        ("old_year_group", texts(|change| old_text(change, "year_group"))),
        ("old_class_name", texts(|change| old_text(change, "class_name"))),
        ("changed", Arc::new(changed.collect::<StringArray>())),
        ("new_password", Arc::new(new_password.collect::<BooleanArray>())),
    ];
    one_batch(py, columns)
}

fn one_batch<'py, const N: usize>(py: Python<'py>, columns: [(&str, ArrayRef); N]) -> PyResult<Bound<'py, PyCapsule>> {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.map(|(name, array)| (name, array, true)));
    let batch = batch.map_err(|error| PyValueError::new_err(error.to_string()))?;
    let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

impl<S: Source> Iterator for Batches<S> {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = (self.next + BATCH_ROWS).min(self.source.len());
        if self.next >= end {
            return None;
        }
        let places = self.next..end;
        self.next = end;
        Some(self.batch(places))
    }
}

impl<S: Source> RecordBatchReader for Batches<S> {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// A table from Python, read batch by batch.
pub(crate) struct Table {
    batches: RecordBatchStreamReader,
    /// The index of each field's column in a batch.
    places: HashMap<&'static str, usize>,
    failed: Option<PyErr>,
}

/// The known fields of a student or an account that are not among the nine columns.
const OTHERS: [&str; 11] = [
    "host_id",
    "source_id",
    "upn",
    "upi",
    "active",
    "blocked",
    "manual",
    "own_fields",
    "active_until",
    "has_password",
    "password",
];

impl Table {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Some(method) = object.getattr_opt("__arrow_c_stream__")? else {
            return Err(wrong("table", "an object that offers Arrow's stream interface (__arrow_c_stream__)", object));
        };
        let narrowed = narrowed(object)?;
        check_producer(&narrowed)?;
        let capsule = match narrowed.is(object) {
            true => method.call0()?,
            false => narrowed.call_method0("__arrow_c_stream__")?,
        };
        let capsule: &Bound<'_, PyCapsule> = capsule.cast()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name contains an `FFI_ArrowArrayStream`. `from_raw` moves it out, and marks it as
        // released.
        let stream = unsafe { FFI_ArrowArrayStream::from_raw(stream.as_ptr()) };
        let batches = RecordBatchStreamReader::try_new(stream).map_err(failure)?;
        let schema = batches.schema();
        let place = |name: &str| schema.fields().iter().position(|field| field.name() == name);
        let mut places = HashMap::new();
        for (field, column) in FIELDS.into_iter().zip(Column::ALL) {
            if let Some(found) = place(field).or_else(|| place(column.heading())) {
                places.insert(field, found);
            }
        }
        places.extend(OTHERS.into_iter().filter_map(|name| Some((name, place(name)?))));
        for (name, &place) in &places {
            let kind = schema.field(place).data_type();
            if !is_read(kind) {
                return Err(wrong_type(name, kind));
            }
        }
        Ok(Self { batches, places, failed: None })
    }

    /// Fails if the table lacks a required column.
    pub(crate) fn has_columns(&self, optional_columns: bool) -> PyResult<()> {
        for (field, column) in FIELDS.into_iter().zip(Column::ALL) {
            let may_be_absent = optional_columns && column.when_not_recorded().is_some();
            if !may_be_absent && !self.places.contains_key(field) {
                return Err(PyValueError::new_err(format!("the table has no column '{field}' and no '{column}'")));
            }
        }
        Ok(())
    }

    /// Yields every row, converted by `make`, until one fails.
    pub(crate) fn rows<T>(&mut self, make: impl Fn(&TableRow<'_>) -> PyResult<T>) -> impl Iterator<Item = T> {
        let mut batch = Batch { columns: HashMap::new(), rows: 0 };
        let (mut row, mut number) = (0, 0);
        std::iter::from_fn(move || {
            while row == batch.rows {
                row = 0;
                // A producer that states wrong lengths for its buffers can make the import panic.
                let next = catch_unwind(AssertUnwindSafe(|| self.batches.next()));
                let next = next.unwrap_or_else(|_| Some(Err(ArrowError::CDataInterface(String::new()))))?;
                let read = Python::attach(|py| py.check_signals())
                    .and_then(|()| next.map_err(failure))
                    .and_then(|next| Batch::of(&next, &self.places, number));
                match read {
                    Ok(next) => batch = next,
                    Err(error) => {
                        self.failed = Some(error);
                        return None;
                    }
                }
            }
            let made = make(&TableRow { batch: &batch, row, number });
            (row, number) = (row + 1, number + 1);
            made.map_err(|error| self.failed = Some(error)).ok()
        })
    }

    /// Returns the error that ended [`Table::rows`] early, if there was one.
    pub(crate) fn failed(self) -> PyResult<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

fn failure(error: ArrowError) -> PyErr {
    match error {
        // The producer's error text may contain the data.
        ArrowError::CDataInterface(_) | ArrowError::ExternalError(_) => {
            PyValueError::new_err("the table could not be read to its end")
        }
        error => PyValueError::new_err(format!("the table could not be read: {error}")),
    }
}

/// Selects the columns that we read from a table of polars or pyarrow, because other columns may have types that cannot
/// be exported. In a polars table, blank columns become text, because polars exports its Null columns with one buffer
/// too many.
fn narrowed<'py>(table: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let module = table.get_type().module()?.to_string();
    let (is_polars, is_pyarrow) = (module.starts_with("polars"), module.starts_with("pyarrow"));
    let names = if is_polars { "columns" } else { "column_names" };
    if !(is_polars || is_pyarrow) || !table.hasattr("select")? || !table.hasattr(names)? {
        return Ok(table.clone());
    }
    let is_read = |name: &String| {
        FIELDS.contains(&name.as_str())
            || OTHERS.contains(&name.as_str())
            || Column::ALL.iter().any(|column| column.heading() == name)
    };
    let columns: Vec<String> = table.getattr(names)?.extract()?;
    let read: Vec<String> = columns.into_iter().filter(is_read).collect();
    if read.is_empty() {
        return Ok(table.clone());
    }
    let narrowed = table.call_method1("select", (&read,))?;
    if !is_polars {
        return Ok(narrowed);
    }
    let (polars, types) = (table.py().import("polars")?, PyDict::new(table.py()));
    for (name, kind) in read.iter().zip(narrowed.getattr("dtypes")?.try_iter()?) {
        if kind?.eq(polars.getattr("Null")?)? {
            types.set_item(name, polars.getattr("String")?)?;
        }
    }
    if types.is_empty() { Ok(narrowed) } else { narrowed.call_method1("cast", (types,)) }
}

/// Asks pyarrow to check its own table in full. Only pyarrow knows the lengths of its buffers, because the C interface
/// does not pass them on.
fn check_producer(table: &Bound<'_, PyAny>) -> PyResult<()> {
    let full = PyDict::new(table.py());
    full.set_item("full", true)?;
    let is_valid = |object: &Bound<'_, PyAny>| object.call_method("validate", (), Some(&full)).is_ok();
    let is_pyarrow = table.get_type().module()?.to_string().starts_with("pyarrow");
    if !is_pyarrow || !table.hasattr("validate")? || !table.hasattr("column_names")? || is_valid(table) {
        return Ok(());
    }
    let names: Vec<String> = table.getattr("column_names")?.extract()?;
    for (place, name) in names.iter().enumerate() {
        let column = table.call_method1("column", (place,))?;
        if is_valid(&column) {
            continue;
        }
        // Searches for the first row that makes the column invalid.
        let (mut valid, mut invalid) = (0, column.len()?);
        while valid + 1 < invalid {
            let half = valid.midpoint(invalid);
            let is_valid = is_valid(&column.call_method1("slice", (0, half))?);
            *(if is_valid { &mut valid } else { &mut invalid }) = half;
        }
        return Err(invalid_value(name, valid));
    }
    Err(PyValueError::new_err("the table is not valid Arrow data"))
}

/// Returns the error for data that does not fit its type. The error contains none of the data.
fn invalid_value(column: &str, row: usize) -> PyErr {
    PyValueError::new_err(format!("the column '{column}' is not valid Arrow data in row {row}, counted from 0"))
}

fn wrong_type(column: &str, kind: &DataType) -> PyErr {
    PyTypeError::new_err(format!("the column '{column}' must be text, whole numbers or bools, not {kind}"))
}

/// Whether columns of a type can be read. Floats must be blank or whole, and each is checked when it is read.
fn is_read(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_read(values),
        kind => {
            kind.is_integer()
                || matches!(
                    kind,
                    DataType::Utf8
                        | DataType::LargeUtf8
                        | DataType::Utf8View
                        | DataType::Boolean
                        | DataType::Date32
                        | DataType::Null
                        | DataType::Float32
                        | DataType::Float64
                )
        }
    }
}

struct Batch {
    columns: HashMap<&'static str, Values>,
    rows: usize,
}

impl Batch {
    /// Checks a batch in full, and takes its columns. `first` is the number of its first row in the table.
    fn of(batch: &RecordBatch, places: &HashMap<&'static str, usize>, first: usize) -> PyResult<Self> {
        let values = |(name, place): (&&'static str, &usize)| {
            let array = batch.column(*place);
            check(array).map_err(|row| invalid_value(name, first + row))?;
            let values = Values::of(array).ok_or_else(|| wrong_type(name, array.data_type()))?;
            Ok((*name, values))
        };
        Ok(Self { columns: places.iter().map(values).collect::<PyResult<_>>()?, rows: batch.num_rows() })
    }
}

/// Checks an imported array in full before we read it, because the import does not check it. Fails with the first wrong
/// row.
fn check(array: &ArrayRef) -> Result<(), usize> {
    let data = array.to_data();
    if data.validate_full().is_ok() {
        return Ok(());
    }
    let is_valid = |rows: usize| data.slice(0, rows).validate_full().is_ok();
    let (mut valid, mut invalid) = (0, data.len());
    while valid + 1 < invalid {
        let half = valid.midpoint(invalid);
        *(if is_valid(half) { &mut valid } else { &mut invalid }) = half;
    }
    Err(valid)
}

/// The values of one column of a batch.
enum Values {
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Dictionary { array: ArrayRef, keys: Vec<usize>, values: Box<Values> },
    Flags(BooleanArray),
    Days(Date32Array),
    Numbers(ArrayRef, fn(&dyn Array, usize) -> String),
    Floats(Float64Array),
    Nothing,
}

/// Returns the number in a row as its decimal text.
fn number<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> String
where
    T::Native: ToString,
{
    array.as_primitive::<T>().value(row).to_string()
}

/// Returns a date as ISO text. A number outside the calendar's range is returned as a number.
fn day(days: i32) -> String {
    let day = days.checked_add(EPOCH).and_then(NaiveDate::from_num_days_from_ce_opt);
    day.map_or_else(|| days.to_string(), |day| day.to_string())
}

impl Values {
    /// Returns the values of an array, or None if one of them is a fraction.
    fn of(array: &ArrayRef) -> Option<Self> {
        let numbers = |number| Self::Numbers(Arc::clone(array), number);
        Some(match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string().clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view().clone()),
            DataType::Boolean => Self::Flags(array.as_boolean().clone()),
            DataType::Date32 => Self::Days(array.as_primitive().clone()),
            DataType::Int8 => numbers(number::<types::Int8Type>),
            DataType::Int16 => numbers(number::<types::Int16Type>),
            DataType::Int32 => numbers(number::<types::Int32Type>),
            DataType::Int64 => numbers(number::<types::Int64Type>),
            DataType::UInt8 => numbers(number::<types::UInt8Type>),
            DataType::UInt16 => numbers(number::<types::UInt16Type>),
            DataType::UInt32 => numbers(number::<types::UInt32Type>),
            DataType::UInt64 => numbers(number::<types::UInt64Type>),
            DataType::Float32 => Self::floats(array.as_primitive::<types::Float32Type>().unary(f64::from))?,
            DataType::Float64 => Self::floats(array.as_primitive::<types::Float64Type>().clone())?,
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Self::Dictionary { array: Arc::clone(array), keys, values: Box::new(Self::of(dictionary.values())?) }
            }
            _ => Self::Nothing,
        })
    }

    fn floats(array: Float64Array) -> Option<Self> {
        array.iter().flatten().all(|number| rows::float(number).is_some()).then_some(Self::Floats(array))
    }

    fn cell(&self, row: usize) -> Cell {
        let text = |is_null: bool, value: &dyn Fn() -> String| if is_null { Cell::Null } else { Cell::Text(value()) };
        match self {
            Self::Text(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::LargeText(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::TextView(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::Flags(array) if array.is_null(row) => Cell::Null,
            Self::Flags(array) => Cell::Flag(array.value(row)),
            Self::Days(array) => text(array.is_null(row), &|| day(array.value(row))),
            Self::Numbers(array, _) if array.is_null(row) => Cell::Null,
            Self::Numbers(array, number) => Cell::Number(number(array.as_ref(), row)),
            Self::Floats(array) if array.is_null(row) => Cell::Null,
            Self::Floats(array) => rows::float(array.value(row)).unwrap_or(Cell::Null),
            Self::Dictionary { array, .. } if array.is_null(row) => Cell::Null,
            Self::Dictionary { keys, values, .. } => keys.get(row).map_or(Cell::Null, |&key| values.cell(key)),
            Self::Nothing => Cell::Null,
        }
    }
}

/// One row of a table.
pub(crate) struct TableRow<'b> {
    batch: &'b Batch,
    row: usize,
    number: usize,
}

impl Cells for TableRow<'_> {
    fn name(&self) -> String {
        format!("row {} of the table", self.number)
    }

    fn cell(&self, field: &str, _heading: &str) -> PyResult<Cell> {
        Ok(self.batch.columns.get(field).map_or(Cell::Absent, |values| values.cell(self.row)))
    }
}
