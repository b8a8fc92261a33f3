//! Comparison, repr and pickling of the small classes in this folder, which only have fields.

use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// Adds comparison, repr and pickling to classes. `shows` names the field that the repr shows.
macro_rules! record {
    ($($class:ident shows $shown:ident of ($($field:ident: $kind:ty),*);)*) => {$(
        #[pymethods]
        impl $class {
            fn __eq__(slf: &Bound<'_, Self>, other: &Bound<'_, PyAny>) -> PyResult<bool> {
                Ok(other.is_instance_of::<Self>() && {
                    let fields = [$(stringify!($field)),*];
                    parts(slf, &fields)?.eq(parts(other, &fields)?)?
                })
            }

            fn __repr__(&self) -> String {
                format!("{}({:?})", stringify!($class), self.$shown)
            }

            #[classmethod]
            fn _restore(_class: &Bound<'_, PyType>, $($field: $kind),*) -> Self {
                Self { $($field),* }
            }

            fn __reduce__<'py>(slf: &Bound<'py, Self>) -> Pickled<'py, Bound<'py, PyTuple>> {
                Ok((slf.get_type().getattr("_restore")?, parts(slf, &[$(stringify!($field)),*])?))
            }
        }
    )*};
}

pub(super) use record;

/// Returns the fields of a record, in order.
pub(super) fn parts<'py>(record: &Bound<'py, PyAny>, fields: &[&str]) -> PyResult<Bound<'py, PyTuple>> {
    let fields = fields.iter().map(|field| record.getattr(*field)).collect::<PyResult<Vec<_>>>()?;
    PyTuple::new(record.py(), fields)
}
