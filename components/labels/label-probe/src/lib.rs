//! Imports stores, blobs and values under several labels. `/kv?label=cache&bucket=b&key=k` reads, with `&value=v` it writes;
//! `/keys?label=…&bucket=…`, `/add?bucket=…&key=…`, `/blob?label=…&container=…&object=…` and `/value?label=…&key=…` likewise.

use guest_http::{Request, Response};
use wasi::blobstore::container::Container;
use wasi::blobstore::types::{IncomingValue, OutgoingValue};
use wasi::keyvalue::{atomics, store};

wit_bindgen::generate!({
    world: "kvasi:label-probe/label-probe",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/wasi-blobstore@0.2.0-draft",
        "../../../wit/wasi-config@0.2.0-rc.1",
        "../../../wit/worlds/label-probe.wit",
    ],
    generate_all,
});

guest_http::serve!(handle);

type Outcome = Result<Option<String>, String>;

fn handle(request: &Request) -> Response {
    let query = |name: &str| request.query(name).unwrap_or_default();
    let label = query("label");
    let value = request.query("value");
    let outcome = match request.path() {
        "/kv" => kv(&label, &query("bucket"), &query("key"), value.as_deref()),
        "/keys" => keys(&label, &query("bucket")),
        "/add" => add(&query("bucket"), &query("key")),
        "/blob" => blob(&label, &query("container"), &query("object"), value.as_deref()),
        "/value" => setting(&label, &query("key")),
        path => Err(format!("there is no {path}")),
    };
    match outcome {
        Ok(Some(text)) => Response::text(200, text),
        Ok(None) => Response::text(404, "nothing"),
        Err(reason) => Response::text(409, reason),
    }
}

/// Does the same with the bucket of a label, each of which has a type of its own.
macro_rules! with_bucket {
    ($label:expr, $identifier:expr, |$bucket:ident| $act:expr) => {
        match $label {
            "cache" => with_bucket!(@ cache, $identifier, |$bucket| $act),
            "sessions" => with_bucket!(@ sessions, $identifier, |$bucket| $act),
            "ledger" => with_bucket!(@ ledger, $identifier, |$bucket| $act),
            "files" => with_bucket!(@ files, $identifier, |$bucket| $act),
            _ => with_bucket!(@ store, $identifier, |$bucket| $act),
        }
    };
    (@ $module:ident, $identifier:expr, |$bucket:ident| $act:expr) => {{
        let act = |$bucket: $module::Bucket| $act;
        $module::open($identifier).and_then(act).map_err(|error| error.to_string())
    }};
}

fn kv(label: &str, bucket: &str, key: &str, value: Option<&str>) -> Outcome {
    match value {
        Some(value) => with_bucket!(label, bucket, |bucket| {
            bucket.set(key, value.as_bytes())?;
            Ok(Some("stored".to_owned()))
        }),
        None => with_bucket!(label, bucket, |bucket| Ok(bucket.get(key)?.map(text))),
    }
}

fn keys(label: &str, bucket: &str) -> Outcome {
    with_bucket!(label, bucket, |bucket| {
        let mut keys = bucket.list_keys(None)?.keys;
        keys.sort();
        Ok(Some(keys.join(" ")))
    })
}

fn add(bucket: &str, key: &str) -> Outcome {
    store::open(bucket)
        .and_then(|bucket| atomics::increment(&bucket, key, 1))
        .map(|count| Some(count.to_string()))
        .map_err(|error| error.to_string())
}

fn blob(label: &str, container: &str, object: &str, value: Option<&str>) -> Outcome {
    let (get, create, exists): (
        fn(&str) -> Result<Container, String>,
        fn(&str) -> Result<Container, String>,
        fn(&str) -> Result<bool, String>,
    ) = match label {
        "assets" => (assets::get_container, assets::create_container, assets::container_exists),
        "uploads" => (uploads::get_container, uploads::create_container, uploads::container_exists),
        _ => {
            use wasi::blobstore::blobstore;
            (blobstore::get_container, blobstore::create_container, blobstore::container_exists)
        }
    };
    let Some(value) = value else {
        let value = get(container)?.get_data(object, 0, u64::MAX)?;
        return IncomingValue::incoming_value_consume_sync(value).map(|bytes| Some(text(bytes)));
    };
    let container = if exists(container)? { get(container)? } else { create(container)? };
    let outgoing = OutgoingValue::new_outgoing_value();
    let body = outgoing.outgoing_value_write_body().map_err(|()| "it has a body already")?;
    container.write_data(object, &outgoing)?;
    body.blocking_write_and_flush(value.as_bytes()).map_err(|error| error.to_string())?;
    drop(body);
    OutgoingValue::finish(outgoing)?;
    Ok(Some("stored".to_owned()))
}

fn setting(label: &str, key: &str) -> Outcome {
    match label {
        "colors" => colors::get(key).map_err(|error| error.to_string()),
        _ => wasi::config::store::get(key).map_err(|error| error.to_string()),
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).into_owned()
}
