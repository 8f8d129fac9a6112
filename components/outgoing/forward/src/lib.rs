//! Sends requests on; the path says what it makes of the answer, the query what it sends:
//!
//! - `url`: where to; `method`, default that of the request
//! - `h=name:value`, `t=name:value`: headers and trailers, any number of them
//! - `text`: a body, or `body` for the one of the request, as it comes
//! - `connect`, `first`, `between`: timeouts, in milliseconds

mod bindings;
mod query;
mod send;

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::clocks::monotonic_clock::subscribe_duration;
use bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingRequest, IncomingResponse, OutgoingBody,
    OutgoingResponse, ResponseOutparam, http_error_code,
};
use bindings::wasi::io::streams::{InputStream, StreamError};
use query::Query;
use send::send;

const CHUNK: u64 = 64 * 1024;
const MILLISECOND: u64 = 1_000_000;

struct Component;

bindings::export!(Component with_types_in bindings);

impl Guest for Component {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = Query::new(query);
        match path {
            "/forward" => forward(&request, &query, outparam),
            "/read" => answer(outparam, &read(&request, &query)),
            "/hold" => answer(outparam, &hold(&request, &query)),
            "/drop" => answer(outparam, &drop_at_once(&request, &query)),
            "/many" => answer(outparam, &many(&request, &query)),
            _ => answer(outparam, "forward, read, hold, drop, many"),
        }
    }
}

/// Passes the answer on as it comes; 502 with the case of the error where there is none.
fn forward(request: &IncomingRequest, query: &Query, outparam: ResponseOutparam) {
    let response = match send(request, query).and_then(|future| wait(&future)) {
        Ok(response) => response,
        Err(error) => return fail(outparam, &error),
    };
    let headers = response.headers().entries();
    let passed = OutgoingResponse::new(Fields::from_list(&headers).expect("received headers are right"));
    passed.set_status_code(response.status()).expect("a received status is right");
    let incoming = response.consume().expect("the body is taken once");
    drop(response);
    let outgoing = passed.body().expect("the body is taken once");
    ResponseOutparam::set(outparam, Ok(passed));
    let input = incoming.stream().expect("the stream is taken once");
    let output = outgoing.write().expect("the stream is taken once");
    let end = loop {
        if let Err(error) = output.blocking_splice(&input, CHUNK) {
            break error;
        }
    };
    drop((input, output));
    if !matches!(end, StreamError::Closed) {
        return;
    }
    let future = IncomingBody::finish(incoming);
    future.subscribe().block();
    if let Some(Ok(Ok(trailers))) = future.get() {
        let copy = trailers.map(|fields| fields.clone());
        let _ = OutgoingBody::finish(outgoing, copy);
    }
}

/// Reads `bytes` of the answer, default all, and tells how many there were and what came then.
fn read(request: &IncomingRequest, query: &Query) -> String {
    let response = match send(request, query).and_then(|future| wait(&future)) {
        Ok(response) => response,
        Err(error) => return format!("{error:?}"),
    };
    let most = query.number("bytes").unwrap_or(u64::MAX);
    let body = response.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    let (count, end) = read_bytes(&stream, most);
    format!("{} {count} {end}", response.status())
}

fn read_bytes(stream: &InputStream, most: u64) -> (u64, String) {
    let mut count = 0;
    while count < most {
        match stream.blocking_read(CHUNK.min(most - count)) {
            Ok(bytes) => count += bytes.len() as u64,
            Err(StreamError::Closed) => return (count, "end".to_owned()),
            Err(StreamError::LastOperationFailed(error)) => {
                return (count, format!("{:?}", http_error_code(&error)));
            }
        }
    }
    (count, "enough".to_owned())
}

/// Gets an answer that it does not read, and keeps it for `ms`.
fn hold(request: &IncomingRequest, query: &Query) -> String {
    let response = match send(request, query).and_then(|future| wait(&future)) {
        Ok(response) => response,
        Err(error) => return format!("{error:?}"),
    };
    subscribe_duration(query.number("ms").unwrap_or(0) * MILLISECOND).block();
    response.status().to_string()
}

/// Does not wait for the answer, or for `ms` only.
fn drop_at_once(request: &IncomingRequest, query: &Query) -> String {
    match send(request, query) {
        Ok(future) => {
            if let Some(ms) = query.number("ms") {
                subscribe_duration(ms * MILLISECOND).block();
            }
            drop(future);
            "dropped".to_owned()
        }
        Err(error) => format!("{error:?}"),
    }
}

/// Sends the request `count` times at once, and tells what came of each.
fn many(request: &IncomingRequest, query: &Query) -> String {
    let count = query.number("count").unwrap_or(2);
    let futures: Vec<_> = (0..count).map(|_| send(request, query)).collect();
    let answers = futures.into_iter().map(|sent| match sent.and_then(|future| wait(&future)) {
        Ok(response) => response.status().to_string(),
        Err(error) => format!("{error:?}"),
    });
    answers.collect::<Vec<_>>().join("\n")
}

fn wait(future: &FutureIncomingResponse) -> Result<IncomingResponse, ErrorCode> {
    future.subscribe().block();
    future.get().expect("it has come").expect("it is taken once")
}

fn fail(outparam: ResponseOutparam, error: &ErrorCode) {
    write(outparam, 502, &format!("{error:?}"));
}

fn answer(outparam: ResponseOutparam, text: &str) {
    write(outparam, 200, text);
}

fn write(outparam: ResponseOutparam, status: u16, text: &str) {
    let response = OutgoingResponse::new(Fields::new());
    response.set_status_code(status).expect("the status is right");
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(outparam, Ok(response));
    let stream = body.write().expect("the stream is taken once");
    for chunk in text.as_bytes().chunks(4096) {
        let _ = stream.blocking_write_and_flush(chunk);
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}
