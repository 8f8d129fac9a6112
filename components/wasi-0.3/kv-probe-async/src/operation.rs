use crate::json::{Bytes, Text};
use crate::wasmcloud::keyvalue::cas::{self, CasOptions, CasResult, Entry};
use crate::wasmcloud::keyvalue::types::{Bucket, Error, SetOptions};
use crate::wasmcloud::keyvalue::{atomics, batch, store};
use serde::Deserialize;
use serde_json::{Value, json};

/// What is to be done in a bucket, which is opened for it.
#[derive(Deserialize)]
pub struct Operation {
    bucket: String,
    #[serde(flatten)]
    action: Action,
}

#[derive(Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case", deny_unknown_fields)]
enum Action {
    Open {},
    Get {
        key: String,
    },
    #[serde(rename_all = "kebab-case")]
    Set {
        key: String,
        value: Bytes,
        ttl_ms: Option<u64>,
        if_not_exists: Option<bool>,
    },
    Delete {
        key: String,
    },
    Exists {
        key: String,
    },
    ListKeys {
        prefix: Option<String>,
        cursor: Option<String>,
    },
    Increment {
        key: String,
        delta: Text<i64>,
    },
    GetMany {
        keys: Vec<String>,
    },
    SetMany {
        entries: Vec<(String, Bytes)>,
    },
    DeleteMany {
        keys: Vec<String>,
    },
    Current {
        key: String,
    },
    #[serde(rename_all = "kebab-case")]
    Swap {
        key: String,
        value: Bytes,
        require_version: Option<String>,
        require_value: Option<Bytes>,
    },
}

impl Operation {
    pub async fn run(self) -> Value {
        match self.attempt().await {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": describe(&error) }),
        }
    }

    async fn attempt(self) -> Result<Value, Error> {
        let bucket = store::open(self.bucket).await?;
        self.action.run(&bucket).await
    }
}

impl Action {
    async fn run(self, bucket: &Bucket) -> Result<Value, Error> {
        Ok(match self {
            Action::Open {} => Value::Null,
            Action::Get { key } => json!(bucket.get(key).await?.map(Bytes)),
            Action::Set { key, value, ttl_ms, if_not_exists } => {
                let options = (ttl_ms.is_some() || if_not_exists.is_some())
                    .then(|| SetOptions { ttl_ms, if_not_exists: if_not_exists.unwrap_or(false) });
                json!(bucket.set(key, value.0, options).await?)
            }
            Action::Delete { key } => json!(bucket.delete(key).await?),
            Action::Exists { key } => json!(bucket.exists(key).await?),
            Action::ListKeys { prefix, cursor } => {
                let page = bucket.list_keys(prefix, cursor).await?;
                json!({ "keys": page.keys, "cursor": page.cursor })
            }
            Action::Increment { key, delta } => {
                json!(atomics::increment(bucket, key, delta.0).await?.to_string())
            }
            Action::GetMany { keys } => {
                let entries = batch::get_many(bucket, keys).await?;
                let entries = entries.into_iter().map(|entry| entry.map(|(key, value)| (key, Bytes(value))));
                json!(entries.collect::<Vec<_>>())
            }
            Action::SetMany { entries } => {
                let entries = entries.into_iter().map(|(key, Bytes(value))| (key, value)).collect();
                json!(batch::set_many(bucket, entries).await?)
            }
            Action::DeleteMany { keys } => json!(batch::delete_many(bucket, keys).await?),
            Action::Current { key } => describe_entry(cas::current(bucket, key).await?),
            Action::Swap { key, value, require_version, require_value } => {
                let require_value = require_value.map(|Bytes(value)| value);
                let options = CasOptions { require_version, require_value };
                match cas::swap(bucket, key, value.0, options).await? {
                    CasResult::Swapped => json!("swapped"),
                    CasResult::Stale(entry) => json!({ "stale": describe_entry(entry) }),
                }
            }
        })
    }
}

fn describe_entry(entry: Option<Entry>) -> Value {
    json!(entry.map(|Entry { value, version }| json!({ "value": Bytes(value), "version": version })))
}

fn describe(error: &Error) -> Value {
    let case = match error {
        Error::NoSuchStore => "no-such-store",
        Error::AccessDenied => "access-denied",
        Error::InvalidArgument => "invalid-argument",
        Error::PreconditionFailed => "precondition-failed",
        Error::Timeout => "timeout",
        Error::StoreUnavailable => "store-unavailable",
        Error::QuotaExceeded => "quota-exceeded",
        Error::Other(message) => return json!({ "case": "other", "message": message }),
    };
    json!({ "case": case })
}
