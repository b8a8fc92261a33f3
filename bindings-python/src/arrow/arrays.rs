//! Makes the Arrow arrays of texts, in the layout that a consumer requested. `export.rs` chooses the values.

use std::sync::Arc;

use arrow_array::types::{self, ArrowDictionaryKeyType};
use arrow_array::{ArrayRef, DictionaryArray, LargeStringArray, PrimitiveArray, StringArray, StringViewArray};
use arrow_schema::{ArrowError, DataType};

/// Returns texts as an array, in the requested layout.
pub(super) fn text<'t>(kind: &DataType, values: impl Iterator<Item = Option<&'t str>>) -> Result<ArrayRef, ArrowError> {
    Ok(match kind {
        DataType::LargeUtf8 => Arc::new(values.collect::<LargeStringArray>()),
        DataType::Utf8View => Arc::new(values.collect::<StringViewArray>()),
        _ => Arc::new(values.collect::<StringArray>()),
    })
}

/// Returns texts that have few different values, as the requested dictionary or as plain text.
pub(super) fn coded(
    kind: &DataType,
    labels: &[&str],
    indices: impl Iterator<Item = Option<usize>>,
) -> Result<ArrayRef, ArrowError> {
    let DataType::Dictionary(keys, values) = kind else {
        return text(kind, indices.map(|index| labels.get(index?).copied()));
    };
    let values = text(values, labels.iter().map(|label| Some(*label)))?;
    match **keys {
        DataType::Int8 => dictionary::<types::Int8Type>(indices, values),
        DataType::Int16 => dictionary::<types::Int16Type>(indices, values),
        DataType::Int32 => dictionary::<types::Int32Type>(indices, values),
        DataType::Int64 => dictionary::<types::Int64Type>(indices, values),
        DataType::UInt8 => dictionary::<types::UInt8Type>(indices, values),
        DataType::UInt16 => dictionary::<types::UInt16Type>(indices, values),
        DataType::UInt32 => dictionary::<types::UInt32Type>(indices, values),
        _ => dictionary::<types::UInt64Type>(indices, values),
    }
}

fn dictionary<K: ArrowDictionaryKeyType>(
    indices: impl Iterator<Item = Option<usize>>,
    values: ArrayRef,
) -> Result<ArrayRef, ArrowError>
where
    K::Native: TryFrom<usize>,
{
    let key = |index| K::Native::try_from(index).map_err(|_| ArrowError::DictionaryKeyOverflowError);
    let keys = indices.map(|index| index.map(key).transpose()).collect::<Result<PrimitiveArray<K>, _>>()?;
    Ok(Arc::new(DictionaryArray::<K>::try_new(keys, values)?))
}
