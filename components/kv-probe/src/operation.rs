use crate::dialect::{Cursor, Delta};
use crate::json::{Bytes, Text};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Operation {
    Open {
        bucket: String,
    },
    Get {
        bucket: String,
        key: String,
    },
    Set {
        bucket: String,
        key: String,
        value: Bytes,
    },
    Delete {
        bucket: String,
        key: String,
    },
    Exists {
        bucket: String,
        key: String,
    },
    ListKeys {
        bucket: String,
        cursor: Option<Text<Cursor>>,
    },
    Increment {
        bucket: String,
        key: String,
        delta: Text<Delta>,
    },
    GetMany {
        bucket: String,
        keys: Vec<String>,
    },
    SetMany {
        bucket: String,
        entries: Vec<(String, Bytes)>,
    },
    DeleteMany {
        bucket: String,
        keys: Vec<String>,
    },
    #[cfg(feature = "draft2")]
    CasCurrent {
        bucket: String,
        key: String,
    },
    #[cfg(feature = "draft2")]
    CasSwap(crate::cas::CasSwap),
    // Braces, because serde lets a variant without them have unknown fields.
    Busy {
        milliseconds: u64,
    },
    Trap {},
    Loop {},
}
