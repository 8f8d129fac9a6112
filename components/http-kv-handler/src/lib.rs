//! Stores a value with `POST /` and reads it with `GET /?key=…`.

use guest_http::{Method, Request, Response};
use serde::Deserialize;
use wasi::keyvalue::store::{self, Error};

wit_bindgen::generate!({
    world: "kvasi:http-kv-handler/http-kv-handler",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/http-kv-handler.wit"],
    generate_all,
});

guest_http::serve!(handle);

/// The identifier that the host maps to a bucket: change it to use another backend.
const IDENTIFIER: &str = "in_memory";

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: String,
}

fn handle(request: &Request) -> Response {
    let answer = match request.method() {
        Method::Get => get(request),
        Method::Post => post(request),
        _ => Ok((405, "Method not allowed".to_owned())),
    };
    let (status, text) = answer.unwrap_or_else(|error| (500, format!("[{IDENTIFIER}] {error}")));
    Response::text(status, text + "\n")
}

fn get(request: &Request) -> Result<(u16, String), Error> {
    let Some(key) = request.query("key") else {
        return Ok((400, "Missing query parameter 'key'".to_owned()));
    };
    Ok(match store::open(IDENTIFIER)?.get(&key)? {
        Some(value) => (200, format!("[{IDENTIFIER}] {}", String::from_utf8_lossy(&value))),
        None => (404, format!("[{IDENTIFIER}] Key '{key}' not found")),
    })
}

fn post(request: &Request) -> Result<(u16, String), Error> {
    let body = request.body().unwrap_or_default();
    let Entry { key, value } = match serde_json::from_slice(&body) {
        Ok(entry) => entry,
        Err(error) => return Ok((400, format!("Invalid JSON: {error}"))),
    };
    store::open(IDENTIFIER)?.set(&key, value.as_bytes())?;
    Ok((200, format!("[{IDENTIFIER}] Stored '{key}'")))
}
