//! The parts of a request target, decoded.

use percent_encoding::percent_decode_str;

/// Splits a request target into path and query.
pub fn split(target: &str) -> (&str, &str) {
    target.split_once('?').unwrap_or((target, ""))
}

/// The first query parameter of that name. `+` stands for a space, as in an HTML form.
pub fn query(query: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// A path without its first slash; `None` if it is no UTF-8.
pub fn key(path: &str) -> Option<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    percent_decode_str(path).decode_utf8().ok().map(|key| key.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_question_mark() {
        assert_eq!(split("/a?b?c"), ("/a", "b?c"));
        assert_eq!(split("/a"), ("/a", ""));
    }

    #[test]
    fn finds_a_parameter() {
        assert_eq!(query("a=1&key=b%26%3D+c&key=2", "key").as_deref(), Some("b&= c"));
        assert_eq!(query("key", "key").as_deref(), Some(""));
        assert_eq!(query("keys=1", "key"), None);
    }

    #[test]
    fn makes_a_key_of_a_path() {
        assert_eq!(key("/%C3%A9%00+/b").as_deref(), Some("é\0+/b"));
        assert_eq!(key("//100%").as_deref(), Some("/100%"));
        assert_eq!(key("/%ff"), None);
    }
}
