//! `wasi:keyvalue@0.2.0-draft`.

use wasi::keyvalue::store::{Bucket, Error, KeyResponse};
pub use wasi::keyvalue::{atomics, batch, store};

wit_bindgen::generate!({
    world: "kvasi:kv-probe-draft/kv-probe-draft",
    path: [
        "../../wit/wasi-io@0.2.12",
        "../../wit/wasi-clocks@0.2.12",
        "../../wit/wasi-keyvalue@0.2.0-draft",
        "../../wit/worlds/kv-probe-draft.wit",
    ],
    with: { "wasi:io/poll@0.2.12": guest_http::bindings::wasi::io::poll },
    generate_all,
});

pub type Cursor = u64;
pub type Delta = u64;

pub fn list_keys(bucket: &Bucket, cursor: Option<Cursor>) -> Result<KeyResponse, Error> {
    bucket.list_keys(cursor)
}
