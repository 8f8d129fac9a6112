//! Bodies that are large, slow or come before they should.

use crate::bindings::wasi::clocks::monotonic_clock::subscribe_duration;
use crate::exchange::{Answer, Exchange, start};
use guest_http::bindings::wasi::http::types::{
    Fields, IncomingBody, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use guest_http::bindings::wasi::io::streams::{InputStream, StreamError};

const CHUNK: usize = 64 * 1024;

pub fn early(exchange: Exchange) {
    exchange.answer(200, "answered before the request body was read\n");
}

pub fn echo(exchange: Exchange) {
    let splice = exchange.query("splice").is_some();
    let Exchange { request, outparam, .. } = exchange;
    let body = request.consume().expect("the body is taken once");
    let input = body.stream().expect("the stream is taken once");
    let answer = start(outparam, 200, &[("content-type", b"application/octet-stream")]);
    let end = loop {
        let step = if splice { splice_once(&input, &answer) } else { copy_once(&input, &answer) };
        if let Err(error) = step {
            break error;
        }
    };
    drop(input);
    IncomingBody::finish(body);
    if matches!(end, StreamError::Closed) {
        answer.finish(None);
    }
}

fn copy_once(input: &InputStream, answer: &Answer) -> Result<(), StreamError> {
    answer.write(&input.blocking_read(CHUNK as u64)?)
}

fn splice_once(input: &InputStream, answer: &Answer) -> Result<(), StreamError> {
    answer.stream.blocking_splice(input, CHUNK as u64).map(drop)
}

pub fn early_body(exchange: Exchange) {
    let length = exchange.number("kib").unwrap_or(64) as usize * 1024;
    let response = OutgoingResponse::new(Fields::new());
    let body = response.body().expect("the body is taken once");
    let stream = body.write().expect("the stream is taken once");
    for part in vec![b'x'; length].chunks(4096) {
        let _ = stream.blocking_write_and_flush(part);
    }
    drop(stream);
    ResponseOutparam::set(exchange.outparam, Ok(response));
    let _ = OutgoingBody::finish(body, None);
}

pub fn huge(exchange: Exchange) {
    let chunks = exchange.number("mib").unwrap_or(64) * (1024 * 1024 / CHUNK as u64);
    let chunk: Vec<u8> = (0..CHUNK).map(|index| index as u8).collect();
    let answer = exchange.start(200, &[("content-type", b"application/octet-stream")]);
    if (0..chunks).try_for_each(|_| answer.write(&chunk)).is_ok() {
        answer.finish(None);
    }
}

pub fn drip(exchange: Exchange) {
    let count = exchange.number("count").unwrap_or(10);
    let pause = exchange.number("ms").unwrap_or(100) * 1_000_000;
    let answer = exchange.start(200, &[("content-type", b"text/plain")]);
    for line in 1..=count {
        if answer.write_now(&format!("{line}\n")).is_err() {
            return;
        }
        subscribe_duration(pause).block();
    }
    answer.finish(None);
}

pub fn trailers(exchange: Exchange) {
    let answer = exchange.start(200, &[("trailer", b"x-lines")]);
    if answer.write(b"one\ntwo\n").is_ok() {
        let trailers = Fields::from_list(&[("x-lines".to_owned(), b"2".to_vec())]);
        answer.finish(trailers.ok());
    }
}
