//! Every operation of `wasi:keyvalue` as an HTTP call, in JSON. The README describes the protocol.

#[cfg(feature = "draft2")]
mod cas;
#[cfg(not(feature = "draft2"))]
#[path = "draft.rs"]
mod dialect;
#[cfg(feature = "draft2")]
#[path = "draft2.rs"]
mod dialect;
mod faults;
mod json;
mod operation;
mod session;

use guest_http::{Method, Request, Response};
use operation::Operation;
use serde_json::{Value, json};
use session::Session;

guest_http::serve!(handle);

fn handle(request: &Request) -> Response {
    if !matches!(request.method(), Method::Post) {
        return refuse(405, "the method must be POST");
    }
    let body = request.body().unwrap_or_default();
    let answer = match request.path().trim_start_matches('/') {
        "sequence" => sequence(&body),
        name => single(name, &body),
    };
    match answer {
        Ok(answer) => Response::json(200, answer.to_string()),
        Err(error) => refuse(400, &error.to_string()),
    }
}

fn single(name: &str, body: &[u8]) -> serde_json::Result<Value> {
    let mut fields: serde_json::Map<String, Value> = serde_json::from_slice(body)?;
    fields.insert("operation".to_owned(), name.into());
    let operation = serde_json::from_value(fields.into())?;
    Ok(Session::default().run(operation))
}

fn sequence(body: &[u8]) -> serde_json::Result<Value> {
    let operations: Vec<Operation> = serde_json::from_slice(body)?;
    Ok(Session::default().run_all(operations).into())
}

fn refuse(status: u16, message: &str) -> Response {
    Response::json(status, json!({ "error": { "case": "bad-request", "message": message } }).to_string())
}
