//! Makes the Arrow arrays of texts, in the layout that a consumer requested.

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
