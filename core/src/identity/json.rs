//! Reads the JSON of an identity. A name that appears twice is refused: libraries differ in which value they read, and
//! an attacker could exploit this difference.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::IdentityError as Error;

/// Reads a JSON object, and refuses repeated names at any depth.
pub(crate) fn object(json: &[u8]) -> Result<Map<String, Value>, Error> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let value = UniqueNames.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    match value {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Error::WrongShape("all of it")),
        // Only our own message begins with `TWICE`. A message of serde may quote the text, so we do not pass it on.
        Err(error) if error.to_string().starts_with(TWICE) => Err(Error::NameTwice),
        Err(_) => Err(Error::NotJson),
    }
}

const TWICE: &str = "a name appears twice";

/// A reader that reads one value and refuses repeated names in it.
struct UniqueNames;

impl<'de> DeserializeSeed<'de> for UniqueNames {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for UniqueNames {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element_seed(UniqueNames)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(name) = object.next_key::<String>()? {
            if values.contains_key(&name) {
                return Err(A::Error::custom(TWICE));
            }
            let value = object.next_value_seed(UniqueNames)?;
            values.insert(name, value);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_a_repeated_json_name_at_any_depth() {
        assert_eq!(object(br#"{"a": 1, "b": {"a": [1.5, -2, null, true, "x"]}}"#).unwrap().len(), 2);
        for twice in [r#"{"a": 1, "a": 1}"#, r#"{"b": [{"a": 1, "a": 2}]}"#, r#"{"a": 1, "\u0061": 2}"#] {
            assert_eq!(object(twice.as_bytes()), Err(Error::NameTwice), "{twice}");
        }
        for other in ["", "{", "{}x", r#"{"a"}"#] {
            assert_eq!(object(other.as_bytes()), Err(Error::NotJson), "{other}");
        }
        assert_eq!(object(b"[]"), Err(Error::WrongShape("all of it")));
    }
}
