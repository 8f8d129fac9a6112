//! What takes more than one operation.

use crate::wasi::keyvalue::store::{Bucket, Error};
use guest_http::Response;

/// Ten values written and read again: twenty operations.
pub fn twenty(bucket: &Bucket) -> Result<Response, Error> {
    let mut length = 0;
    for number in 0..10 {
        let key = format!("twenty-{number}");
        bucket.set(&key, b"a value of some bytes")?;
        length += bucket.get(&key)?.map_or(0, |value| value.len());
    }
    Ok(Response::text(200, format!("{length} bytes\n")))
}

/// Makes the keys `key-0000000` and so on, from a number.
pub fn fill(bucket: &Bucket, from: u64, count: u64) -> Result<Response, Error> {
    for number in from..from + count {
        bucket.set(&format!("key-{number:07}"), format!("value {number}").as_bytes())?;
    }
    Ok(Response::text(200, format!("Made {count} keys\n")))
}

/// How many keys the first page of a listing has.
pub fn list(bucket: &Bucket) -> Result<Response, Error> {
    let page = bucket.list_keys(None)?;
    Ok(Response::text(200, format!("{} keys\n", page.keys.len())))
}

/// How many keys all pages of a listing have.
pub fn list_all(bucket: &Bucket) -> Result<Response, Error> {
    let mut count = 0;
    let mut cursor = None;
    loop {
        let page = bucket.list_keys(cursor)?;
        count += page.keys.len();
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(Response::text(200, format!("{count} keys\n")));
        }
    }
}
