//! `PUT /<key>?value=…` stores a text, `GET /<key>` answers it as JSON, empty if there is none.

use guest_http::{Method, Request, Response};
use wasi::keyvalue::store::{self, Error};

wit_bindgen::generate!({
    world: "kvasi:workers-kv/workers-kv",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/workers-kv.wit"],
    generate_all,
});

guest_http::serve!(handle);

/// The name of the KV namespace's binding in the tutorial.
const IDENTIFIER: &str = "KV_FROM_RUST";

fn handle(request: &Request) -> Response {
    let Some(key) = request.key() else {
        return Response::text(400, "The key is not UTF-8\n");
    };
    let answer = match request.method() {
        Method::Get => get(&key),
        Method::Put => put(&key, &request.query("value").unwrap_or_default()),
        _ => return Response::text(400, "The method must be GET or PUT\n"),
    };
    answer.unwrap_or_else(|error| Response::text(500, format!("{error}\n")))
}

fn get(key: &str) -> Result<Response, Error> {
    let value = store::open(IDENTIFIER)?.get(key)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&value);
    Ok(Response::json(200, serde_json::Value::from(text).to_string()))
}

fn put(key: &str, value: &str) -> Result<Response, Error> {
    store::open(IDENTIFIER)?.set(key, value.as_bytes())?;
    Ok(Response::text(200, ""))
}
