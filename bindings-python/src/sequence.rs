//! Reads the indexes and slices of Python sequences, for `Roster`, `Accounts` and `Plan`.

use std::ops::Range;

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PySlice};

/// Returns the offset in a sequence for a Python index, which counts from the back if it is negative.
pub(crate) fn index(index: isize, len: usize) -> PyResult<usize> {
    let index = if index < 0 { index.checked_add_unsigned(len) } else { Some(index) };
    let index = index.and_then(|index| usize::try_from(index).ok()).filter(|index| *index < len);
    index.ok_or_else(|| PyIndexError::new_err("index out of range"))
}

/// Returns the items of a slice, as a list.
pub(crate) fn slice<'py, T: IntoPyObject<'py>>(
    slice: &Bound<'py, PySlice>,
    len: usize,
    item: impl Fn(usize) -> Option<T>,
) -> PyResult<Bound<'py, PyAny>> {
    let at = slice.indices(len as isize)?;
    let indices = (0..at.slicelength).map(|n| at.start + n as isize * at.step);
    let items: Vec<T> = indices.filter_map(|index| item(usize::try_from(index).ok()?)).collect();
    Ok(PyList::new(slice.py(), items)?.into_any())
}

/// Returns the offsets between the arguments `start` and `stop` of a sequence's `index` method.
pub(crate) fn range(start: isize, stop: Option<isize>, len: usize) -> Range<usize> {
    let clip = |at: isize| if at < 0 { len.saturating_add_signed(at) } else { len.min(at.unsigned_abs()) };
    clip(start)..stop.map_or(len, clip)
}
