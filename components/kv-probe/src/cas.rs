use crate::dialect::atomics::{self, Cas, CasError};
use crate::dialect::store::Error;
use crate::json::Bytes;
use crate::operation::Operation;
use crate::session::{Session, describe};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasSwap {
    bucket: String,
    key: String,
    value: Bytes,
    /// Whether to read what each handle remembers.
    #[serde(default)]
    read: bool,
    /// What to do after the handle is made and before the swap.
    #[serde(default)]
    between: Vec<Operation>,
    /// Whether to swap again, with the handle that a failed swap returns.
    #[serde(default)]
    retry: bool,
}

impl CasSwap {
    pub fn run(self, session: &mut Session) -> Result<Value, Error> {
        let Self { bucket, key, value, read, between, retry } = self;
        let cas = Cas::new(&*session.bucket(bucket)?, &key)?;
        let mut current = Vec::new();
        let mut look = |cas: &Cas| -> Result<(), Error> {
            if read {
                current.push(cas.current()?.map(Bytes));
            }
            Ok(())
        };
        look(&cas)?;
        let between = session.run_all(between);
        let (outcome, fresh) = swap(cas, &value.0);
        let mut swaps = vec![outcome];
        if let Some(cas) = fresh {
            look(&cas)?;
            if retry {
                swaps.push(swap(cas, &value.0).0);
            }
        }
        Ok(json!({ "current": current, "between": between, "swaps": swaps }))
    }
}

/// The outcome of a swap, with the new handle if the old one was stale.
fn swap(cas: Cas, value: &[u8]) -> (Value, Option<Cas>) {
    match atomics::swap(cas, value) {
        Ok(()) => (json!({ "ok": null }), None),
        Err(CasError::CasFailed(cas)) => (json!({ "error": { "case": "cas-failed" } }), Some(cas)),
        Err(CasError::StoreError(error)) => (json!({ "error": describe(&error) }), None),
    }
}
