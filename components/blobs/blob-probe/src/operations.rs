use crate::body::{bytes_of, copy, with_body};
use crate::wasi::blobstore::blobstore;
use crate::wasi::blobstore::container::Container;
use crate::wasi::blobstore::types::{IncomingValue, ObjectId, OutgoingValue};
use crate::wasi::http::types::IncomingRequest;
use crate::wasi::io::streams::InputStream;
use serde_json::{Value, json};
use std::collections::HashMap;

/// What an operation answers.
pub enum Answer {
    Json(Value),
    Bytes(Vec<u8>),
    Stream(InputStream, u64),
}

/// What the query of a request says.
pub struct Parameters(HashMap<String, String>);

impl Parameters {
    pub fn new(query: &str) -> Self {
        Self(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    fn number(&self, name: &str, otherwise: u64) -> u64 {
        self.0.get(name).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    }

    fn object(&self, container: &str, object: &str) -> ObjectId {
        ObjectId { container: self.text(container).to_owned(), object: self.text(object).to_owned() }
    }
}

pub fn run(operation: &str, given: &Parameters, request: &IncomingRequest) -> Result<Answer, String> {
    let name = given.text("container");
    let object = given.text("object");
    let done = |()| Answer::Json(json!(true));
    match operation {
        "create-container" => blobstore::create_container(name)?.name().map(|name| Answer::Json(json!(name))),
        "delete-container" => blobstore::delete_container(name).map(done),
        "container-exists" => blobstore::container_exists(name).map(|exists| Answer::Json(json!(exists))),
        "copy-object" | "move-object" => {
            let source = given.object("container", "object");
            let target = given.object("to-container", "to-object");
            let transfer =
                if operation == "copy-object" { blobstore::copy_object } else { blobstore::move_object };
            transfer(&source, &target).map(done)
        }
        _ => in_container(operation, &blobstore::get_container(name)?, object, given, request),
    }
}

fn in_container(
    operation: &str,
    container: &Container,
    object: &str,
    given: &Parameters,
    request: &IncomingRequest,
) -> Result<Answer, String> {
    let done = |()| Answer::Json(json!(true));
    match operation {
        "get-container" => container.name().map(|name| Answer::Json(json!(name))),
        "info" => {
            let info = container.info()?;
            Ok(Answer::Json(json!({ "name": info.name, "created": info.created_at })))
        }
        "object-info" => {
            let info = container.object_info(object)?;
            Ok(Answer::Json(json!({
                "name": info.name, "container": info.container, "created": info.created_at, "size": info.size,
            })))
        }
        "has-object" => container.has_object(object).map(|has| Answer::Json(json!(has))),
        "delete-object" => container.delete_object(object).map(done),
        "delete-objects" => {
            let names: Vec<String> =
                serde_json::from_slice(&bytes_of(request)?).map_err(|error| error.to_string())?;
            container.delete_objects(&names).map(done)
        }
        "clear" => container.clear().map(done),
        "list-objects" => list(container, given.number("page", 100), given.number("skip", 0)),
        "get-data" => {
            let value =
                container.get_data(object, given.number("start", 0), given.number("end", u64::MAX))?;
            // The answer is of the object as it was when it was asked for.
            if given.text("then") == "delete" {
                container.delete_object(object)?;
            }
            if given.text("how") == "sync" {
                return IncomingValue::incoming_value_consume_sync(value).map(Answer::Bytes);
            }
            if given.text("how") == "unread" {
                let stream = IncomingValue::incoming_value_consume_async(value)?;
                stream.subscribe().block();
                return Ok(Answer::Json(json!("unread")));
            }
            let size = value.size();
            Ok(Answer::Stream(IncomingValue::incoming_value_consume_async(value)?, size))
        }
        "write-data" => write(container, object, given.text("how"), request),
        "hold" => hold(container, object, given.number("count", 1)),
        _ => Err(format!("there is no operation {operation}")),
    }
}

fn list(container: &Container, page: u64, skip: u64) -> Result<Answer, String> {
    let names = container.list_objects()?;
    let (skipped, mut is_last) =
        if skip > 0 { names.skip_stream_object_names(skip)? } else { (0, false) };
    let mut all = Vec::new();
    let mut pages = 0;
    while !is_last {
        let (some, last) = names.read_stream_object_names(page)?;
        all.extend(some);
        is_last = last;
        pages += 1;
    }
    Ok(Answer::Json(json!({ "names": all, "skipped": skipped, "pages": pages })))
}

/// `how`: `late` writes before it says which object it is, `drop` never finishes, `twice` names two objects.
fn write(
    container: &Container,
    object: &str,
    how: &str,
    request: &IncomingRequest,
) -> Result<Answer, String> {
    let value = OutgoingValue::new_outgoing_value();
    let body = value.outgoing_value_write_body().map_err(|()| "the body was taken".to_owned())?;
    if how != "late" && how != "nowhere" {
        container.write_data(object, &value)?;
    }
    if how == "twice" {
        container.write_data("another", &value)?;
    }
    let size = with_body(request, |stream| copy(stream, &body, u64::MAX))?;
    drop(body);
    if how == "late" {
        container.write_data(object, &value)?;
    }
    if how != "drop" {
        OutgoingValue::finish(value)?;
    }
    Ok(Answer::Json(json!(size)))
}

/// Opens an object many times and reads nothing of it.
fn hold(container: &Container, object: &str, count: u64) -> Result<Answer, String> {
    let mut held = Vec::new();
    for _ in 0..count {
        held.push(container.get_data(object, 0, u64::MAX)?);
    }
    Ok(Answer::Json(json!(held.len())))
}
