//! Stores a value with `POST /` and reads it with `GET /?key=…`, as `http-kv-handler` does, on wstd.

use serde::Deserialize;
use wasi::keyvalue::store::{self, Error as StoreError};
use wstd::http::{Body, Error, Method, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:http-kv-wstd/http-kv-wstd",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/http-kv-wstd.wit"],
    generate_all,
});

/// The identifier that the host maps to a bucket: change it to use another backend.
const IDENTIFIER: &str = "in_memory";

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: String,
}

#[wstd::http_server]
async fn main(mut request: Request<Body>) -> Result<Response<Body>, Error> {
    let answer = match *request.method() {
        Method::GET => get(request.uri().query().unwrap_or_default()),
        Method::POST => post(request.body_mut().contents().await?),
        _ => Ok((405, "Method not allowed".to_owned())),
    };
    let (status, text) = answer.unwrap_or_else(|error| (500, format!("[{IDENTIFIER}] {error}")));
    let response = Response::builder().status(status).header("content-type", "text/plain; charset=utf-8");
    Ok(response.body((text + "\n").into())?)
}

fn get(query: &str) -> Result<(u16, String), StoreError> {
    let Some((_, key)) = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key") else {
        return Ok((400, "Missing query parameter 'key'".to_owned()));
    };
    Ok(match store::open(IDENTIFIER)?.get(&key)? {
        Some(value) => (200, format!("[{IDENTIFIER}] {}", String::from_utf8_lossy(&value))),
        None => (404, format!("[{IDENTIFIER}] Key '{key}' not found")),
    })
}

fn post(body: &[u8]) -> Result<(u16, String), StoreError> {
    let Entry { key, value } = match serde_json::from_slice(body) {
        Ok(entry) => entry,
        Err(error) => return Ok((400, format!("Invalid JSON: {error}"))),
    };
    store::open(IDENTIFIER)?.set(&key, value.as_bytes())?;
    Ok((200, format!("[{IDENTIFIER}] Stored '{key}'")))
}
