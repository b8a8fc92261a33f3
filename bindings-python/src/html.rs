//! Helpers for the HTML that a notebook shows: a table of counts without values of students, and escaping. Each class
//! makes its own view in its `_repr_html_`, and `accounts/notebook.rs` makes that of `Accounts`.

use std::collections::BTreeMap;

/// Returns the text escaped for HTML.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#x27;")
}

/// Returns a sentence, then a table of names and numbers, in order of the names.
pub(crate) fn counted<N: Ord + AsRef<str>>(sentence: &str, headings: [&str; 2], counts: &BTreeMap<N, usize>) -> String {
    let mut html = format!("<p>{}</p>", escaped(sentence));
    if counts.is_empty() {
        return html;
    }
    let [name, number] = headings;
    html.push_str(&format!("<table><thead><tr><th>{name}</th><th>{number}</th></tr></thead><tbody>"));
    for (name, count) in counts {
        html.push_str(&format!("<tr><td>{}</td><td>{count}</td></tr>", escaped(name.as_ref())));
    }
    html.push_str("</tbody></table>");
    html
}

/// Counts how often each name occurs.
pub(crate) fn counts<'n>(names: impl Iterator<Item = &'n str>) -> BTreeMap<&'n str, usize> {
    let mut counts = BTreeMap::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    counts
}
