//! What was asked, told as JSON, so that a client can see which of its bytes the host took for what.

use guest_http::bindings::wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use guest_http::bindings::wasi::io::streams::StreamError;
use serde_json::json;
use std::fmt::Write;

const CHUNK: u64 = 64 * 1024;

/// Answers with the request's head, its body in hexadecimal digits and its trailers.
pub fn answer(request: &IncomingRequest, outparam: ResponseOutparam) {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let mut bytes = String::new();
    let end = loop {
        match stream.blocking_read(CHUNK) {
            Ok(read) => read.iter().for_each(|byte| write!(bytes, "{byte:02x}").expect("text takes all")),
            Err(error) => break error,
        }
    };
    drop(stream);
    let future = IncomingBody::finish(body);
    let trailers = if matches!(end, StreamError::Closed) {
        future.subscribe().block();
        match future.get() {
            Some(Ok(Ok(Some(trailers)))) => entries(&trailers),
            _ => Vec::new(),
        }
    } else {
        return drop(outparam);
    };
    let report = json!({
        "method": format!("{:?}", request.method()),
        "path": request.path_with_query(),
        "authority": request.authority(),
        "headers": entries(&request.headers()),
        "body": bytes,
        "trailers": trailers,
    });
    send(outparam, &report.to_string());
}

/// Answers with the path alone, and never looks at the body.
pub fn answer_early(request: &IncomingRequest, outparam: ResponseOutparam) {
    send(outparam, &json!({ "path": request.path_with_query() }).to_string());
}

/// Answers with a text.
pub fn send(outparam: ResponseOutparam, text: &str) {
    let response = OutgoingResponse::new(Fields::new());
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(outparam, Ok(response));
    let stream = body.write().expect("the stream is taken once");
    for part in text.as_bytes().chunks(4096) {
        if stream.blocking_write_and_flush(part).is_err() {
            return;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

fn entries(fields: &Fields) -> Vec<(String, String)> {
    let entries = fields.entries().into_iter();
    entries.map(|(name, value)| (name, value.into_iter().map(char::from).collect())).collect()
}
