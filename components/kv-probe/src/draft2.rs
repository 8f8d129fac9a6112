//! `wasi:keyvalue@0.2.0-draft2`.

use wasi::keyvalue::store::{Bucket, Error, KeyResponse};
pub use wasi::keyvalue::{atomics, batch, store};

wit_bindgen::generate!({
    world: "kvasi:kv-probe-draft2/kv-probe-draft2",
    path: [
        "../../wit/wasi-io@0.2.12",
        "../../wit/wasi-clocks@0.2.12",
        "../../wit/wasi-keyvalue@0.2.0-draft2",
        "../../wit/worlds/kv-probe-draft2.wit",
    ],
    with: { "wasi:io/poll@0.2.12": guest_http::bindings::wasi::io::poll },
    generate_all,
});

pub type Cursor = String;
pub type Delta = i64;

pub fn list_keys(bucket: &Bucket, cursor: Option<Cursor>) -> Result<KeyResponse, Error> {
    bucket.list_keys(cursor.as_deref())
}
