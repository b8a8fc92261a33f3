//! Converts JSON that the Node package stored, with names such as `fullName`, to the core's names.

use serde_json::{Map, Value};

/// Returns the document with the core's names, whichever package wrote it. A text that is not JSON is returned
/// unchanged.
pub(super) fn ours(text: String) -> String {
    // Every document from the Node package has one of these names, and no document from the core has one of them.
    if !["\"signIn\"", "\"fullName\"", "\"sourceId\""].iter().any(|name| text.contains(name)) {
        return text;
    }
    serde_json::from_str(&text).map_or(text, |value| renamed(value).to_string())
}

fn renamed(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(renamed).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| match name.as_str() {
                // In `fields`, the names of fields are values: `["className", "5A", "5B"]`.
                "fields" => (name, renamed_first(value)),
                _ => (snake(&name), renamed(value)),
            });
            Value::Object(fields.collect::<Map<_, _>>())
        }
        other => other,
    }
}

fn renamed_first(fields: Value) -> Value {
    let Value::Array(fields) = fields else { return renamed(fields) };
    let first = |field: Value| match field {
        Value::Array(mut parts) => {
            if let Some(Value::String(name)) = parts.first_mut() {
                *name = snake(name);
            }
            Value::Array(parts)
        }
        other => other,
    };
    fields.into_iter().map(first).collect()
}

/// Returns `full_name` for `fullName`. A name in another form, such as one with a hyphen, is returned unchanged.
fn snake(name: &str) -> String {
    if !name.chars().all(|c| c.is_ascii_alphabetic()) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return name.to_owned();
    }
    let mut made = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            made.push('_');
        }
        made.push(c.to_ascii_lowercase());
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_json_with_the_field_names_of_the_node_package() {
        let node = r#"{"format":1,"signIn":"password","changes":[{"fields":[["className","5A","signIn"]]}],"accounts":[{"fullName":"fullName"}]}"#;
        let core = r#"{"accounts":[{"full_name":"fullName"}],"changes":[{"fields":[["class_name","5A","signIn"]]}],"format":1,"sign_in":"password"}"#;
        let value = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        assert_eq!(value(&ours(node.to_owned())), value(core));
        for same in ["{", r#"{"sign_in":"sso"}"#, r#"["signIn""#] {
            assert_eq!(ours(same.to_owned()), same);
        }
    }
}
