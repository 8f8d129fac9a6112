//! What this component was given, as JSON.

use crate::bindings::wasi::cli::environment;
use crate::bindings::wasi::random::random as random_numbers;
use crate::exchange::{Exchange, start};
use guest_http::bindings::wasi::http::types::{
    Fields, IncomingBody, Method, OutgoingBody, OutgoingResponse, ResponseOutparam, Scheme,
};
use guest_http::bindings::wasi::io::streams::StreamError;
use serde_json::{Value, json};

pub fn headers(exchange: Exchange) {
    let request = &exchange.request;
    let report = json!({
        "method": method(request.method()),
        "scheme": request.scheme().map(scheme),
        "authority": request.authority(),
        "path": request.path_with_query(),
        "headers": entries(&request.headers()),
    });
    answer(exchange, &report);
}

pub fn request_trailers(exchange: Exchange) {
    let Exchange { request, outparam, .. } = exchange;
    let body = request.consume().expect("the body is taken once");
    let input = body.stream().expect("the stream is taken once");
    let end = loop {
        if let Err(error) = input.blocking_read(64 * 1024) {
            break error;
        }
    };
    drop(input);
    let future = IncomingBody::finish(body);
    let report = if matches!(end, StreamError::Closed) {
        future.subscribe().block();
        match future.get() {
            Some(Ok(Ok(trailers))) => json!({ "trailers": trailers.as_ref().map(entries) }),
            Some(Ok(Err(code))) => json!({ "error": code.to_string() }),
            Some(Err(())) | None => json!({ "error": "no trailers after waiting for them" }),
        }
    } else {
        json!({ "error": "the request body broke off" })
    };
    start(outparam, 200, &[("content-type", b"application/json")]).finish_with(&report.to_string());
}

pub fn response_headers(exchange: Exchange) {
    let headers: &[(&str, &[u8])] =
        &[("set-cookie", b"a=1"), ("x-bytes", b"caf\xe9"), ("set-cookie", b"b=2")];
    exchange.start(200, headers).finish_with("look at the headers\n");
}

/// Any head and trailers; what the host refuses is answered with 500 and the reason.
pub fn respond(exchange: Exchange) {
    let status = exchange.number("status").unwrap_or(200) as u16;
    let headers = match listed(&exchange, "h") {
        Ok(headers) => headers,
        Err(error) => return exchange.answer(500, &format!("headers: {error}\n")),
    };
    let trailers = exchange.query("t").is_some().then(|| listed(&exchange, "t"));
    let response = OutgoingResponse::new(headers);
    if response.set_status_code(status).is_err() {
        return exchange.answer(500, "status refused\n");
    }
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(exchange.outparam, Ok(response));
    {
        let stream = body.write().expect("the stream is taken once");
        let _ = stream.blocking_write_and_flush(b"body\n");
    }
    let _ = OutgoingBody::finish(body, trailers.and_then(Result::ok));
}

/// Fields from `name:value,…` of the query.
fn listed(exchange: &Exchange, name: &str) -> Result<Fields, String> {
    let given = exchange.query(name).unwrap_or_default();
    let entries: Vec<_> = given
        .split(',')
        .filter_map(|entry| entry.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
        .collect();
    Fields::from_list(&entries).map_err(|error| error.to_string())
}

pub fn environment(exchange: Exchange) {
    let report = json!({
        "environment": environment::get_environment(),
        "arguments": environment::get_arguments(),
    });
    answer(exchange, &report);
}

pub fn random(exchange: Exchange) {
    exchange.answer(200, &format!("{}\n", random_numbers::get_random_u64()));
}

pub fn status(exchange: Exchange) {
    match exchange.rest().parse() {
        Ok(status @ (200..=203 | 205..=303 | 305..=599)) => exchange.answer(status, &format!("{status}\n")),
        Ok(status @ (204 | 304)) => exchange.answer(status, ""),
        _ => exchange.answer(400, "The path is /status/<200 to 599>\n"),
    }
}

fn answer(exchange: Exchange, report: &Value) {
    exchange.start(200, &[("content-type", b"application/json")]).finish_with(&report.to_string());
}

/// Names and values, each byte of a value as the character of that number.
fn entries(fields: &Fields) -> Vec<(String, String)> {
    let entries = fields.entries().into_iter();
    entries.map(|(name, value)| (name, value.into_iter().map(char::from).collect())).collect()
}

fn method(method: Method) -> String {
    match method {
        Method::Get => "GET".to_owned(),
        Method::Head => "HEAD".to_owned(),
        Method::Post => "POST".to_owned(),
        Method::Put => "PUT".to_owned(),
        Method::Delete => "DELETE".to_owned(),
        Method::Connect => "CONNECT".to_owned(),
        Method::Options => "OPTIONS".to_owned(),
        Method::Trace => "TRACE".to_owned(),
        Method::Patch => "PATCH".to_owned(),
        Method::Other(name) => name,
    }
}

fn scheme(scheme: Scheme) -> String {
    match scheme {
        Scheme::Http => "http".to_owned(),
        Scheme::Https => "https".to_owned(),
        Scheme::Other(name) => name,
    }
}
