//! Tables across the border, by Arrow's C stream interface: out lazily, batch by batch, and in.

use std::collections::HashMap;
use std::ffi::CStr;
use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BooleanBuilder, PrimitiveBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{ArrowDictionaryKeyType, Int8Type, Int16Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, DictionaryArray, LargeStringArray, RecordBatch, RecordBatchReader, StringArray,
    StringViewArray,
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use onroll::{Account, Column, Ethnicity, Student};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyAnyMethods, PyCapsule, PyCapsuleMethods};

use crate::input::wrong;
use crate::rows::{Cell, Cells, FIELDS};

const STREAM: &CStr = c"arrow_array_stream";
/// So few rows that no cell can be so long that a batch's text is beyond 32 bits.
const BATCH_ROWS: usize = 1 << 14;
const GENDERS: [&str; 3] = ["Male", "Female", "Non-Binary"];

/// Many students, or accounts, that can be taken by place.
pub(crate) trait Source: Send + Sync + 'static {
    fn len(&self) -> usize;
    fn student(&self, place: usize) -> Option<Student<'_>>;
    /// Of accounts, the account.
    fn account(&self, _place: usize) -> Option<Account<'_>> {
        None
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
}

impl Source for onroll::Accounts {
    const ARE_ACCOUNTS: bool = true;

    fn len(&self) -> usize {
        self.len()
    }

    fn student(&self, place: usize) -> Option<Student<'_>> {
        self.at(place).map(|account| account.student)
    }

    fn account(&self, place: usize) -> Option<Account<'_>> {
        self.at(place)
    }
}

/// The capsule of a stream of batches, each made when it is asked for.
pub(crate) fn stream<'py, S: Source>(py: Python<'py>, source: Arc<S>) -> PyResult<Bound<'py, PyCapsule>> {
    let batches = Batches { schema: schema::<S>(), ethnicities: ethnicities(), source, next: 0 };
    PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(batches)), STREAM)
}

fn schema<S: Source>() -> SchemaRef {
    let mut fields: Vec<Field> = Vec::new();
    if S::ARE_ACCOUNTS {
        fields.extend(["source_id", "upn"].map(|name| Field::new(name, DataType::Utf8, true)));
    }
    for (name, column) in FIELDS.into_iter().zip(Column::ALL) {
        let kind = match column {
            Column::Gender => DataType::Dictionary(Box::new(DataType::Int8), Box::new(DataType::Utf8)),
            Column::Ethnicity => DataType::Dictionary(Box::new(DataType::Int16), Box::new(DataType::Utf8)),
            Column::PupilPremium | Column::Send | Column::Eal => DataType::Boolean,
            _ => DataType::Utf8,
        };
        fields.push(Field::new(name, kind, false));
    }
    if S::ARE_ACCOUNTS {
        fields.push(Field::new("active", DataType::Boolean, false));
    }
    Arc::new(Schema::new(fields))
}

/// Where in the dictionary of ethnicities each code is.
static CODES: LazyLock<HashMap<&str, i16>> =
    LazyLock::new(|| (0..).zip(Ethnicity::all()).map(|(n, e)| (e.code(), n)).collect());

fn ethnicities() -> ArrayRef {
    Arc::new(StringArray::from_iter_values(Ethnicity::all().iter().map(Ethnicity::code)))
}

struct Batches<S> {
    schema: SchemaRef,
    ethnicities: ArrayRef,
    source: Arc<S>,
    next: usize,
}

impl<S: Source> Batches<S> {
    fn batch(&self, places: std::ops::Range<usize>) -> Result<RecordBatch, ArrowError> {
        let mut ids = [StringBuilder::new(), StringBuilder::new()];
        let mut texts = [(); 4].map(|()| StringBuilder::new());
        let mut flags = [(); 4].map(|()| BooleanBuilder::with_capacity(places.len()));
        let mut genders = PrimitiveBuilder::<Int8Type>::with_capacity(places.len());
        let mut codes = PrimitiveBuilder::<Int16Type>::with_capacity(places.len());
        for place in places {
            let Some(student) = self.source.student(place) else { break };
            let [name, username, year, class] = &mut texts;
            name.append_value(student.full_name);
            username.append_value(student.username);
            year.append_value(student.year_group);
            class.append_value(student.class_name);
            let gender = GENDERS.iter().position(|gender| *gender == student.gender.as_str());
            genders.append_option(gender.map(|gender| gender as i8));
            codes.append_option(CODES.get(student.ethnicity.code()).copied());
            let account = self.source.account(place);
            let active = account.is_some_and(|account| account.active);
            for (column, flag) in flags.iter_mut().zip([student.pupil_premium, student.send, student.eal, active]) {
                column.append_value(flag);
            }
            if let Some(account) = account {
                for (column, id) in ids.iter_mut().zip([account.source_id, account.upn]) {
                    column.append_option(id);
                }
            }
        }
        let genders = dictionary(genders, Arc::new(StringArray::from_iter_values(GENDERS)))?;
        let codes = dictionary(codes, Arc::clone(&self.ethnicities))?;
        let [name, username, year, class] = texts.map(|mut text| Arc::new(text.finish()) as ArrayRef);
        let [premium, send, eal, active] = flags.map(|mut flag| Arc::new(flag.finish()) as ArrayRef);
        let mut columns = Vec::new();
        if S::ARE_ACCOUNTS {
            columns.extend(ids.map(|mut id| Arc::new(id.finish()) as ArrayRef));
        }
        columns.extend([name, username, year, class, genders, premium, codes, send, eal]);
        if S::ARE_ACCOUNTS {
            columns.push(active);
        }
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    mut keys: PrimitiveBuilder<K>,
    values: ArrayRef,
) -> Result<ArrayRef, ArrowError> {
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys.finish(), values)?))
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

/// A table that is given, batch by batch.
pub(crate) struct Table {
    batches: RecordBatchStreamReader,
    /// Where in a batch each field is.
    places: HashMap<&'static str, usize>,
    failed: Option<PyErr>,
}

/// What is known of a student or an account beside the nine columns.
const OTHERS: [&str; 4] = ["source_id", "upn", "active", "password"];

impl Table {
    pub(crate) fn of(object: &Bound<'_, PyAny>) -> PyResult<Self> {
        let Some(method) = object.getattr_opt("__arrow_c_stream__")? else {
            return Err(wrong("table", "an object that offers Arrow's stream interface (__arrow_c_stream__)", object));
        };
        let capsule = method.call0()?;
        let capsule: &Bound<'_, PyCapsule> = capsule.cast()?;
        let stream = capsule.pointer_checked(Some(STREAM))?.cast::<FFI_ArrowArrayStream>();
        // SAFETY: a capsule of this name holds such a stream, which from_raw moves out and marks as released.
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
            if !is_text(kind) && !matches!(kind, DataType::Boolean | DataType::Null) {
                return Err(PyTypeError::new_err(format!("the column '{name}' must be text or a bool, not {kind}")));
            }
        }
        Ok(Self { batches, places, failed: None })
    }

    /// Refuses a table that lacks a column which a student must have.
    pub(crate) fn has_columns(&self, optional_columns: bool) -> PyResult<()> {
        for (field, column) in FIELDS.into_iter().zip(Column::ALL) {
            let may_be_absent = optional_columns && column.when_not_recorded().is_some();
            if !may_be_absent && !self.places.contains_key(field) {
                return Err(PyValueError::new_err(format!("the table has no column '{field}' and no '{column}'")));
            }
        }
        Ok(())
    }

    /// Every row as what `make` makes of it, until one fails.
    pub(crate) fn rows<T>(&mut self, make: impl Fn(&TableRow<'_>) -> PyResult<T>) -> impl Iterator<Item = T> {
        let mut batch = Batch { columns: HashMap::new(), rows: 0 };
        let (mut row, mut number) = (0, 0);
        std::iter::from_fn(move || {
            while row == batch.rows {
                row = 0;
                match self.batches.next()? {
                    Ok(next) => batch = Batch::of(&next, &self.places),
                    Err(error) => {
                        self.failed = Some(failure(error));
                        return None;
                    }
                }
            }
            let made = make(&TableRow { batch: &batch, row, number });
            (row, number) = (row + 1, number + 1);
            made.map_err(|error| self.failed = Some(error)).ok()
        })
    }

    /// What ended the rows early.
    pub(crate) fn failed(self) -> PyResult<()> {
        self.failed.map_or(Ok(()), Err)
    }
}

fn failure(error: ArrowError) -> PyErr {
    match error {
        // What a producer says of its data may hold the data.
        ArrowError::CDataInterface(_) | ArrowError::ExternalError(_) => {
            PyValueError::new_err("the table could not be read to its end")
        }
        error => PyValueError::new_err(format!("the table could not be read: {error}")),
    }
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_text(values),
        kind => matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View),
    }
}

struct Batch {
    columns: HashMap<&'static str, Values>,
    rows: usize,
}

impl Batch {
    fn of(batch: &RecordBatch, places: &HashMap<&'static str, usize>) -> Self {
        let values = |(name, place): (&&'static str, &usize)| (*name, Values::of(batch.column(*place)));
        Self { columns: places.iter().map(values).collect(), rows: batch.num_rows() }
    }
}

/// The values of one column of a batch.
enum Values {
    Text(StringArray),
    LargeText(LargeStringArray),
    TextView(StringViewArray),
    Dictionary { array: ArrayRef, keys: Vec<usize>, values: Box<Values> },
    Flags(BooleanArray),
    Nothing,
}

impl Values {
    fn of(array: &ArrayRef) -> Self {
        match array.data_type() {
            DataType::Utf8 => Self::Text(array.as_string().clone()),
            DataType::LargeUtf8 => Self::LargeText(array.as_string().clone()),
            DataType::Utf8View => Self::TextView(array.as_string_view().clone()),
            DataType::Boolean => Self::Flags(array.as_boolean().clone()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let keys = if dictionary.values().is_empty() { Vec::new() } else { dictionary.normalized_keys() };
                Self::Dictionary { array: Arc::clone(array), keys, values: Box::new(Self::of(dictionary.values())) }
            }
            _ => Self::Nothing,
        }
    }

    fn cell(&self, row: usize) -> Cell {
        let text = |is_null: bool, value: &dyn Fn() -> String| if is_null { Cell::Null } else { Cell::Text(value()) };
        match self {
            Self::Text(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::LargeText(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::TextView(array) => text(array.is_null(row), &|| array.value(row).to_owned()),
            Self::Flags(array) if array.is_null(row) => Cell::Null,
            Self::Flags(array) => Cell::Flag(array.value(row)),
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
