//! `wasi:keyvalue`.

use crate::bindings::wasi::keyvalue::store::{self, Bucket};
use crate::bindings::wasi::keyvalue::{atomics, batch};
use crate::instruction::Instruction;

pub fn call(i: &mut Instruction) -> Option<String> {
    let call: fn(&Bucket, &mut Instruction) -> String = match i.name {
        "store.open" => {
            let (to, identifier) = (i.register(), i.text());
            let said = match store::open(&identifier) {
                Ok(bucket) => {
                    i.keep(to, bucket);
                    "ok".to_owned()
                }
                Err(error) => format!("{error:?}"),
            };
            return Some(said);
        }
        "bucket.get" => |bucket, i| outcome(bucket.get(&i.text()).map(|value| value.map(|bytes| bytes.len()))),
        "bucket.set" => |bucket, i| outcome(bucket.set(&i.text(), &i.bytes())),
        "bucket.delete" => |bucket, i| outcome(bucket.delete(&i.text())),
        "bucket.exists" => |bucket, i| outcome(bucket.exists(&i.text())),
        "bucket.list-keys" => |bucket, i| {
            let cursor = i.next().and_then(|operand| operand.parse().ok());
            outcome(bucket.list_keys(cursor).map(|page| (page.keys.len(), page.cursor.is_some())))
        },
        "increment" => |bucket, i| outcome(atomics::increment(bucket, &i.text(), i.number())),
        "get-many" => |bucket, i| {
            let keys = texts(i);
            outcome(batch::get_many(bucket, &keys).map(|values| values.len()))
        },
        "delete-many" => |bucket, i| {
            let keys = texts(i);
            outcome(batch::delete_many(bucket, &keys))
        },
        "set-many" => |bucket, i| {
            let entries: Vec<_> = texts(i).into_iter().map(|key| (key, i.bytes())).collect();
            outcome(batch::set_many(bucket, &entries))
        },
        _ => return None,
    };
    let bucket = i.lend::<Bucket>();
    Some(call(&bucket, i))
}

fn texts(i: &mut Instruction) -> Vec<String> {
    let count: usize = i.number();
    (0..count).map(|_| i.text()).collect()
}

fn outcome<T: std::fmt::Debug>(result: Result<T, store::Error>) -> String {
    format!("{result:?}")
}
