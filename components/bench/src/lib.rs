//! The operations that the benchmark measures, one path each.

mod many;

use guest_http::{Request, Response};
use serde::Deserialize;
use wasi::keyvalue::atomics;
use wasi::keyvalue::store::{self, Bucket, Error};

wit_bindgen::generate!({
    world: "kvasi:bench/bench",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/bench.wit"],
    generate_all,
});

guest_http::serve!(handle);

/// The only identifier that `wasmtime serve` knows.
const IDENTIFIER: &str = "";

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: String,
}

fn handle(request: &Request) -> Response {
    match store::open(IDENTIFIER).and_then(|bucket| answer(request, &bucket)) {
        Ok(response) => response,
        Err(error) => Response::text(500, format!("{error}\n")),
    }
}

fn answer(request: &Request, bucket: &Bucket) -> Result<Response, Error> {
    match request.path() {
        // The benchmark waits for it.
        "/" => Ok(Response::text(200, "Ready\n")),
        "/get" => get(bucket, &key(request)),
        "/set" => set(bucket, request),
        "/increment" => increment(bucket, &key(request)),
        "/twenty" => many::twenty(bucket),
        "/fill" => many::fill(bucket, number(request, "from"), number(request, "count")),
        "/list" => many::list(bucket),
        "/list-all" => many::list_all(bucket),
        _ => Ok(Response::text(404, "No such path\n")),
    }
}

fn get(bucket: &Bucket, key: &str) -> Result<Response, Error> {
    Ok(match bucket.get(key)? {
        Some(value) => Response::new(200, "text/plain; charset=utf-8", value),
        None => Response::text(404, format!("Key '{key}' not found\n")),
    })
}

fn set(bucket: &Bucket, request: &Request) -> Result<Response, Error> {
    match serde_json::from_slice(&request.body().unwrap_or_default()) {
        Ok(Entry { key, value }) => {
            bucket.set(&key, value.as_bytes())?;
            Ok(Response::text(200, format!("Stored '{key}'\n")))
        }
        Err(error) => Ok(Response::text(400, format!("Invalid JSON: {error}\n"))),
    }
}

fn increment(bucket: &Bucket, key: &str) -> Result<Response, Error> {
    Ok(Response::text(200, format!("{}\n", atomics::increment(bucket, key, 1)?)))
}

fn key(request: &Request) -> String {
    request.query("key").unwrap_or_default()
}

fn number(request: &Request, name: &str) -> u64 {
    request.query(name).and_then(|text| text.parse().ok()).unwrap_or_default()
}
