//! Every operation of `wasmcloud:blobstore` as an HTTP request: `/<operation>?container=…&object=…`. Bodies are streamed.

use exports::wasi::http::handler::Guest;
use serde_json::{Value, json};
use std::collections::HashMap;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasmcloud::blobstore::blobstore;
use wasmcloud::blobstore::container::Container;
use wasmcloud::blobstore::types::{Error, ObjectId};
use wit_bindgen::{StreamReader, StreamResult};

wit_bindgen::generate!({
    world: "kvasi:blob-probe-async/blob-probe-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-blobstore@0.1.0",
        "../../../wit/worlds/blob-probe-async.wit",
    ],
    generate_all,
});

struct Handler;

export!(Handler);

type Parameters = HashMap<String, String>;

/// What an operation answers.
enum Answer {
    Json(Value),
    Stream(StreamReader<u8>),
}

impl Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let given: Parameters = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(match run(path.trim_start_matches('/'), &given, request).await {
            Ok(Answer::Json(value)) => text(200, value.to_string()),
            Ok(Answer::Stream(stream)) => streamed(stream),
            Err(error) => text(409, described(error)),
        })
    }
}

fn parameter(given: &Parameters, name: &str) -> String {
    given.get(name).cloned().unwrap_or_default()
}

fn number(given: &Parameters, name: &str, otherwise: u64) -> u64 {
    given.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn id(given: &Parameters, container: &str, object: &str) -> ObjectId {
    ObjectId { container: parameter(given, container), object: parameter(given, object) }
}

async fn run(operation: &str, given: &Parameters, request: Request) -> Result<Answer, Error> {
    let name = parameter(given, "container");
    let done = |()| Answer::Json(json!(true));
    match operation {
        "create-container" => {
            let container = blobstore::create_container(name).await?;
            container.name().await.map(|name| Answer::Json(json!(name)))
        }
        "delete-container" => blobstore::delete_container(name).await.map(done),
        "container-exists" => {
            blobstore::container_exists(name).await.map(|exists| Answer::Json(json!(exists)))
        }
        "copy-object" => {
            let target = id(given, "to-container", "to-object");
            blobstore::copy_object(id(given, "container", "object"), target).await.map(done)
        }
        "move-object" => {
            let target = id(given, "to-container", "to-object");
            blobstore::move_object(id(given, "container", "object"), target).await.map(done)
        }
        _ => in_container(operation, blobstore::get_container(name).await?, given, request).await,
    }
}

async fn in_container(
    operation: &str,
    container: Container,
    given: &Parameters,
    request: Request,
) -> Result<Answer, Error> {
    let object = parameter(given, "object");
    let done = |()| Answer::Json(json!(true));
    match operation {
        "get-container" => container.name().await.map(|name| Answer::Json(json!(name))),
        "info" => {
            let info = container.info().await?;
            Ok(Answer::Json(json!({ "name": info.name, "created": info.created_at })))
        }
        "object-info" => {
            let info = container.object_info(object).await?;
            Ok(Answer::Json(json!({
                "name": info.name, "container": info.container, "created": info.created_at, "size": info.size,
            })))
        }
        "has-object" => container.has_object(object).await.map(|has| Answer::Json(json!(has))),
        "delete-object" => container.delete_object(object).await.map(done),
        "delete-objects" => {
            let body = body_of(request).collect().await;
            let names = serde_json::from_slice(&body).map_err(|error| Error::Other(error.to_string()))?;
            container.delete_objects(names).await.map(done)
        }
        "clear" => container.clear().await.map(done),
        "list-objects" => {
            let names = container.list_objects().await?.collect().await;
            Ok(Answer::Json(json!({ "names": names })))
        }
        "get-data" => {
            let start = number(given, "start", 0);
            let end = number(given, "end", u64::MAX);
            let stream = container.get_data(object.clone(), start, end).await?;
            // The answer is of the object as it was when it was asked for.
            if parameter(given, "then") == "delete" {
                container.delete_object(object).await?;
            }
            if parameter(given, "how") == "unread" {
                return Ok(Answer::Json(json!("unread")));
            }
            Ok(Answer::Stream(stream))
        }
        "write-data" => container.write_data(object, body_of(request)).await.map(done),
        _ => Err(Error::Other(format!("there is no operation {operation}"))),
    }
}

fn body_of(request: Request) -> StreamReader<u8> {
    let (_, result_to_come) = wit_future::new(|| Ok(()));
    Request::consume_body(request, result_to_come).0
}

fn described(error: Error) -> String {
    match error {
        Error::NoSuchContainer => "no-such-container".to_owned(),
        Error::ContainerAlreadyExists => "container-already-exists".to_owned(),
        Error::NoSuchObject => "no-such-object".to_owned(),
        Error::AccessDenied => "access-denied".to_owned(),
        Error::Timeout => "timeout".to_owned(),
        Error::StoreUnavailable => "store-unavailable".to_owned(),
        Error::QuotaExceeded => "quota-exceeded".to_owned(),
        Error::Other(text) => format!("other: {text}"),
    }
}

fn text(status: u16, text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("a status of three digits");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}

fn streamed(mut stream: StreamReader<u8>) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        let mut buffer = Vec::with_capacity(256 * 1024);
        loop {
            let (state, bytes) = stream.read(buffer).await;
            if bytes.is_empty() && state == StreamResult::Dropped {
                break;
            }
            buffer = body.write_all(bytes).await;
            buffer.clear();
            buffer.reserve(256 * 1024);
        }
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
