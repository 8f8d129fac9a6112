use crate::dialect::store::{self, Bucket, Error};
use crate::dialect::{atomics, batch, list_keys};
use crate::faults;
use crate::json::{Bytes, Text};
use crate::operation::Operation;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The buckets that one request has opened.
#[derive(Default)]
pub struct Session {
    buckets: BTreeMap<String, Rc<Bucket>>,
}

impl Session {
    pub fn run_all(&mut self, operations: Vec<Operation>) -> Vec<Value> {
        operations.into_iter().map(|operation| self.run(operation)).collect()
    }

    pub fn run(&mut self, operation: Operation) -> Value {
        match self.attempt(operation) {
            Ok(value) => json!({ "ok": value }),
            Err(error) => json!({ "error": describe(&error) }),
        }
    }

    fn attempt(&mut self, operation: Operation) -> Result<Value, Error> {
        Ok(match operation {
            Operation::Open { bucket } => {
                self.open(bucket)?;
                Value::Null
            }
            Operation::Get { bucket, key } => json!(self.bucket(bucket)?.get(&key)?.map(Bytes)),
            Operation::Set { bucket, key, value } => json!(self.bucket(bucket)?.set(&key, &value.0)?),
            Operation::Delete { bucket, key } => json!(self.bucket(bucket)?.delete(&key)?),
            Operation::Exists { bucket, key } => json!(self.bucket(bucket)?.exists(&key)?),
            Operation::ListKeys { bucket, cursor } => {
                let page = list_keys(&*self.bucket(bucket)?, cursor.map(|Text(cursor)| cursor))?;
                json!({ "keys": page.keys, "cursor": page.cursor.map(|cursor| cursor.to_string()) })
            }
            Operation::Increment { bucket, key, delta } => {
                json!(atomics::increment(&*self.bucket(bucket)?, &key, delta.0)?.to_string())
            }
            Operation::GetMany { bucket, keys } => {
                let entries = batch::get_many(&*self.bucket(bucket)?, &keys)?;
                let entries = entries.into_iter().map(|entry| entry.map(|(key, value)| (key, Bytes(value))));
                json!(entries.collect::<Vec<_>>())
            }
            Operation::SetMany { bucket, entries } => {
                let entries: Vec<_> = entries.into_iter().map(|(key, Bytes(value))| (key, value)).collect();
                json!(batch::set_many(&*self.bucket(bucket)?, &entries)?)
            }
            Operation::DeleteMany { bucket, keys } => {
                json!(batch::delete_many(&*self.bucket(bucket)?, &keys)?)
            }
            #[cfg(feature = "draft2")]
            Operation::CasCurrent { bucket, key } => {
                json!(atomics::Cas::new(&*self.bucket(bucket)?, &key)?.current()?.map(Bytes))
            }
            #[cfg(feature = "draft2")]
            Operation::CasSwap(swap) => swap.run(self)?,
            Operation::Busy { milliseconds } => json!(faults::busy(milliseconds)),
            Operation::Trap {} => faults::trap(),
            Operation::Loop {} => faults::spin(),
        })
    }

    /// The bucket of that identifier, opened by its first use.
    pub fn bucket(&mut self, identifier: String) -> Result<Rc<Bucket>, Error> {
        match self.buckets.get(&identifier) {
            Some(bucket) => Ok(bucket.clone()),
            None => self.open(identifier),
        }
    }

    fn open(&mut self, identifier: String) -> Result<Rc<Bucket>, Error> {
        let bucket = Rc::new(store::open(&identifier)?);
        self.buckets.insert(identifier, bucket.clone());
        Ok(bucket)
    }
}

pub fn describe(error: &Error) -> Value {
    match error {
        Error::NoSuchStore => json!({ "case": "no-such-store" }),
        Error::AccessDenied => json!({ "case": "access-denied" }),
        Error::Other(message) => json!({ "case": "other", "message": message }),
    }
}
