//! Reads single values of Wonde's JSON tolerantly, because different MIS write the same value in different ways.
//! `model.rs` lists the fields.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// The text that replaces a value that could not be read. No check accepts this text.
const UNREADABLE: &str = "\u{FFFD}";

/// A list of objects. Any other form is an error.
#[derive(Serialize)]
pub(super) struct LooseList<T>(pub(super) Vec<T>);

impl<'de, T: Object> Deserialize<'de> for LooseList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(RowsVisitor(PhantomData))
    }
}

struct RowsVisitor<T>(PhantomData<T>);

impl<'de, T: Object> Visitor<'de> for RowsVisitor<T> {
    type Value = LooseList<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<LooseList<T>, A::Error> {
        let mut rows = Vec::new();
        while let Some(Include(row)) = seq.next_element()? {
            rows.push(row.ok_or_else(|| A::Error::custom("a row is not an object"))?);
        }
        Ok(LooseList(rows))
    }
}

/// The text of a JSON string, number or flag. `None` means null, blank or absent. Any other form becomes a text that no
/// check accepts.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub(super) struct LooseText(Option<Box<str>>);

impl LooseText {
    pub(super) fn get(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Returns the text, and leaves `None` in its place.
    pub(super) fn take(&mut self) -> Option<Box<str>> {
        self.0.take()
    }

    pub(super) fn is_true(&self) -> Option<bool> {
        match self.get()? {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
}

impl<'de> Loose<'de> for LooseText {
    fn text(&mut self, text: &str) {
        self.0 = Some(text).filter(|text| !text.chars().all(char::is_whitespace)).map(Box::from);
    }

    fn seq<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<(), A::Error> {
        self.text(UNREADABLE);
        skip_seq(seq)
    }

    fn map<A: MapAccess<'de>>(&mut self, map: A) -> Result<(), A::Error> {
        self.text(UNREADABLE);
        skip_map(map)
    }
}

/// A date, written as Wonde's object or as a text. We only compare it, and never show it. A blank text and `false` mean
/// that there is no date.
#[derive(Debug, Default, Serialize)]
pub(super) struct Date(pub(super) Option<Box<str>>);

impl<'de> Loose<'de> for Date {
    fn text(&mut self, text: &str) {
        self.0 = Some(text.trim()).filter(|text| !matches!(*text, "" | "0" | "false" | "null")).map(Box::from);
    }

    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(JsonKey(key)) = map.next_key()? {
            match key.as_ref() {
                "date" => *self = map.next_value::<Self>()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

/// A single optional object, usually `{"data": {…}}`. If there is none, Wonde writes `null`, `{"data": null}`,
/// `{"data": []}` or nothing. The object is also accepted without its wrapper, and as a list of keys and values.
#[derive(Serialize)]
pub(super) struct Include<T>(pub(super) Option<T>);

impl<T> Default for Include<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: Object> Loose<'de> for Include<T> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(JsonKey(key)) = map.next_key()? {
            match key.as_ref() {
                "data" => *self = map.next_value()?,
                key => self.0.get_or_insert_with(T::default).field(key, &mut map)?,
            }
        }
        Ok(())
    }

    fn seq<A: SeqAccess<'de>>(&mut self, mut seq: A) -> Result<(), A::Error> {
        let mut inner = T::default();
        let mut any = false;
        while seq.next_element_seed(Pair(&mut inner))?.is_some() {
            any = true;
        }
        self.0 = any.then_some(inner);
        Ok(())
    }
}

/// A complete list: `{"data": […]}` or the list alone.
#[derive(Serialize)]
pub(super) struct Many<T>(pub(super) Vec<T>);

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Object> Loose<'de> for Many<T> {
    fn map<A: MapAccess<'de>>(&mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(JsonKey(key)) = map.next_key()? {
            match key.as_ref() {
                "data" => *self = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn seq<A: SeqAccess<'de>>(&mut self, mut seq: A) -> Result<(), A::Error> {
        while let Some(Include(one)) = seq.next_element()? {
            self.0.extend(one);
        }
        Ok(())
    }
}

/// An object whose unknown fields are ignored.
pub(super) trait Object: Default {
    /// Reads the value of a field.
    fn field<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

/// A value that JSON may contain in several forms. Each form is either read or ignored, and null means no value.
trait Loose<'de>: Default {
    fn text(&mut self, _: &str) {}

    fn seq<A: SeqAccess<'de>>(&mut self, seq: A) -> Result<(), A::Error> {
        skip_seq(seq)
    }

    fn map<A: MapAccess<'de>>(&mut self, map: A) -> Result<(), A::Error>;
}

fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

macro_rules! loose {
    ($($type:ty $(where $t:ident)?;)*) => {$(
        impl<'de, $($t: Object)?> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(LooseVisitor(PhantomData))
            }
        }
    )*};
}

loose! {
    LooseText;
    Date;
    Include<T> where T;
    Many<T> where T;
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Loose<'de>> LooseVisitor<T> {
    fn text<E>(text: &str) -> Result<T, E> {
        let mut value = T::default();
        value.text(text);
        Ok(value)
    }
}

impl<'de, T: Loose<'de>> Visitor<'de> for LooseVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Self::text(text)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<T, E> {
        Self::text(if flag { "true" } else { "false" })
    }

    fn visit_u64<E>(self, number: u64) -> Result<T, E> {
        Self::text(&number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<T, E> {
        Self::text(&number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<T, E> {
        Self::text(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        let mut value = T::default();
        value.seq(seq)?;
        Ok(value)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        let mut value = T::default();
        value.map(map)?;
        Ok(value)
    }
}

/// A key, which is borrowed if possible.
struct JsonKey<'k>(Cow<'k, str>);

impl<'de> Deserialize<'de> for JsonKey<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor;
        impl<'de> Visitor<'de> for KeyVisitor {
            type Value = JsonKey<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, key: &'de str) -> Result<JsonKey<'de>, E> {
                Ok(JsonKey(Cow::Borrowed(key)))
            }

            fn visit_str<E>(self, key: &str) -> Result<JsonKey<'de>, E> {
                Ok(JsonKey(Cow::Owned(key.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor)
    }
}

/// One `{"key": …, "value": …}` in a list of pairs. The key names the field that gets the value.
struct Pair<'o, T>(&'o mut T);

impl<'de, T: Object> DeserializeSeed<'de> for Pair<'_, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Object> Visitor<'de> for Pair<'_, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key and its value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut name = LooseText::default();
        while let Some(JsonKey(key)) = map.next_key()? {
            match (key.as_ref(), name.get()) {
                ("key", _) => name = map.next_value()?,
                ("value", Some(name)) => self.0.field(name, &mut map)?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        skip_seq(seq)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
}
