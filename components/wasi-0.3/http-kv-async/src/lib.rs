//! Stores a value with `POST /` and reads it with `GET /?key=…`, as a component of WASI 0.3. `POST /echo` sends back what comes, as it comes.

use exports::wasi::http::handler::Guest;
use serde::Deserialize;
use wasi::http::types::{ErrorCode, Fields, Method, Request, Response};
use wasi::keyvalue::store::{self, Error};
use wit_bindgen::StreamResult;

wit_bindgen::generate!({
    world: "kvasi:http-kv-async/http-kv-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/worlds/http-kv-async.wit",
    ],
    generate_all,
});

/// The identifier that the host maps to a bucket: change it to use another backend.
const IDENTIFIER: &str = "in_memory";

#[derive(Deserialize)]
struct Entry {
    key: String,
    value: String,
}

struct Handler;

export!(Handler);

impl Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let method = request.get_method();
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match (method, path) {
            (Method::Post, "/echo") => Ok(echo(request)),
            (Method::Post, _) => Ok(text(post(request).await)),
            (Method::Get, _) => Ok(text(get(query))),
            _ => Ok(text(Ok((405, "Method not allowed".to_owned())))),
        }
    }
}

fn get(query: &str) -> Result<(u16, String), Error> {
    let key = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "key");
    let Some((_, key)) = key else {
        return Ok((400, "Missing query parameter 'key'".to_owned()));
    };
    Ok(match store::open(IDENTIFIER)?.get(&key)? {
        Some(value) => (200, format!("[{IDENTIFIER}] {}", String::from_utf8_lossy(&value))),
        None => (404, format!("[{IDENTIFIER}] Key '{key}' not found")),
    })
}

async fn post(request: Request) -> Result<(u16, String), Error> {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, _trailers) = Request::consume_body(request, result_to_come);
    let body = body.collect().await;
    drop(result);
    let Entry { key, value } = match serde_json::from_slice(&body) {
        Ok(entry) => entry,
        Err(error) => return Ok((400, format!("Invalid JSON: {error}"))),
    };
    store::open(IDENTIFIER)?.set(&key, value.as_bytes())?;
    Ok((200, format!("[{IDENTIFIER}] Stored '{key}'")))
}

/// Reads and writes by turns, so that nothing is kept that has not been sent.
fn echo(request: Request) -> Response {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (mut body, trailers) = Request::consume_body(request, result_to_come);
    let (mut out, contents) = wit_stream::new();
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers);
    wit_bindgen::spawn_local(async move {
        let mut buffer = Vec::with_capacity(64 * 1024);
        loop {
            let (state, bytes) = body.read(buffer).await;
            if bytes.is_empty() && state == StreamResult::Dropped {
                break;
            }
            buffer = out.write_all(bytes).await;
            buffer.clear();
            buffer.reserve(64 * 1024);
        }
        drop(result);
    });
    response
}

fn text(answer: Result<(u16, String), Error>) -> Response {
    let (status, text) = answer.unwrap_or_else(|error| (500, format!("[{IDENTIFIER}] {error}")));
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("a status of three digits");
    wit_bindgen::spawn_local(async move {
        body.write_all((text + "\n").into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
