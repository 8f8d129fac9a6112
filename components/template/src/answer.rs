//! What the handler answers, whatever keeps its values.

use serde::Deserialize;

/// The identifier of the bucket: the host's configuration says where that is.
pub const BUCKET: &str = "in_memory";

/// What the handler needs of a bucket.
pub trait Bucket {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String>;
    fn set(&mut self, key: &str, value: &[u8]) -> Result<(), String>;
}

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: String,
}

/// `GET /?key=…`: the value of a key.
pub fn get(bucket: &impl Bucket, query: &str) -> (u16, String) {
    let Some((_, key)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key") else {
        return (400, "Missing query parameter 'key'".to_owned());
    };
    match bucket.get(&key) {
        Ok(Some(value)) => (200, format!("[{BUCKET}] {}", String::from_utf8_lossy(&value))),
        Ok(None) => (404, format!("[{BUCKET}] Key '{key}' not found")),
        Err(reason) => (500, format!("[{BUCKET}] {reason}")),
    }
}

/// `POST /` with `{"key": …, "value": …}`: sets the value of a key.
pub fn post(bucket: &mut impl Bucket, body: &[u8]) -> (u16, String) {
    let Entry { key, value } = match serde_json::from_slice(body) {
        Ok(entry) => entry,
        Err(error) => return (400, format!("Invalid JSON: {error}")),
    };
    match bucket.set(&key, value.as_bytes()) {
        Ok(()) => (200, format!("[{BUCKET}] Stored '{key}'")),
        Err(reason) => (500, format!("[{BUCKET}] {reason}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    impl Bucket for HashMap<String, Vec<u8>> {
        fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
            Ok(self.get(key).cloned())
        }

        fn set(&mut self, key: &str, value: &[u8]) -> Result<(), String> {
            self.insert(key.to_owned(), value.to_owned());
            Ok(())
        }
    }

    #[test]
    fn a_value_that_was_stored_is_found() {
        let mut bucket = HashMap::new();
        let stored = post(&mut bucket, br#"{"key": "mykey", "value": "myvalue"}"#);
        assert_eq!(stored, (200, "[in_memory] Stored 'mykey'".to_owned()));
        assert_eq!(get(&bucket, "key=mykey"), (200, "[in_memory] myvalue".to_owned()));
    }

    #[test]
    fn a_key_that_is_not_there_is_not_found() {
        let bucket = HashMap::new();
        assert_eq!(get(&bucket, "key=missing"), (404, "[in_memory] Key 'missing' not found".to_owned()));
    }

    #[test]
    fn what_can_not_be_answered_is_refused() {
        let mut bucket = HashMap::new();
        assert_eq!(get(&bucket, "").0, 400);
        assert_eq!(post(&mut bucket, b"no json").0, 400);
        assert!(bucket.is_empty());
    }
}
