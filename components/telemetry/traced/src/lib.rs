//! Tells what it does. The path says what that is:
//!
//! - `/outer`: answers the context of the host's span, as `traceparent` has it
//! - `/get?key=`: reads a key
//! - `/send?url=&traceparent=`: sends a request, with that header where one is given
//! - `/log?level=&context=&message=`: logs through `wasi:logging`
//! - `/span?name=&value=`: a span below the host's, with an attribute that has the value, as JSON; answers its id
//! - `/spans?count=&length=`: as many spans, each with an attribute of that length
//! - `/broken`: spans, logs and metrics of which nothing is right
//! - `/otel-log?body=`: logs through `wasi:otel`, with a body that is JSON
//! - `/metrics`: exports metrics of each kind; answers the result

mod signals;

use exports::wasi::http::handler::Guest;
use signals::Query;
use wasi::http::client;
use wasi::http::types::{ErrorCode, Fields, Request, Response, Scheme};
use wasi::keyvalue::store;
use wasi::logging::logging::{Level, log};
use wasi::otel::tracing::{TraceFlags, outer_span_context};

wit_bindgen::generate!({
    world: "kvasi:traced/traced",
    path: [
        "../../../wit/wasi-io@0.2.0",
        "../../../wit/wasi-clocks@0.2.0",
        "../../../wit/wasi-otel@0.2.0-rc.2",
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/wasi-logging@0.1.0-draft",
        "../../../wit/worlds/traced.wit",
    ],
    generate_all,
});

struct Traced;

export!(Traced);

impl Guest for Traced {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = Query::new(query);
        let answer = match path {
            "/outer" => outer(),
            "/get" => get(&query.text("key")),
            "/send" => return send(&query).await,
            "/log" => {
                log(level(&query.text("level")), &query.text("context"), &query.text("message"));
                "logged".to_owned()
            }
            "/span" => signals::span(&query.text("name"), &query.text("value")),
            "/spans" => signals::spans(query.number("count"), query.number("length")),
            "/broken" => signals::broken(),
            "/otel-log" => signals::log(&query.text("body")),
            "/metrics" => signals::metrics(),
            _ => "outer, get, send, log, span, spans, broken, otel-log, metrics".to_owned(),
        };
        Ok(text(200, answer))
    }
}

fn outer() -> String {
    let context = outer_span_context();
    let flags = u8::from(context.trace_flags.contains(TraceFlags::SAMPLED));
    format!("00-{}-{}-{flags:02x} {} {:?}", context.trace_id, context.span_id, context.is_remote, context.trace_state)
}

fn get(key: &str) -> String {
    match store::open("default").and_then(|bucket| bucket.get(key)) {
        Ok(value) => format!("{:?}", value.map(|bytes| bytes.len())),
        Err(error) => format!("{error:?}"),
    }
}

async fn send(query: &Query) -> Result<Response, ErrorCode> {
    let url = query.text("url");
    let parent = query.text("traceparent");
    let headers = Fields::new();
    if !parent.is_empty() {
        let _ = headers.append("traceparent", parent.as_bytes());
    }
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _sent) = Request::new(headers, None, trailers_to_come, None);
    let rest = url.strip_prefix("http://").unwrap_or(&url);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let _ = request.set_scheme(Some(&Scheme::Http));
    let _ = request.set_authority(Some(authority));
    let _ = request.set_path_with_query(Some(path));
    client::send(request).await
}

fn level(name: &str) -> Level {
    match name {
        "trace" => Level::Trace,
        "debug" => Level::Debug,
        "warn" => Level::Warn,
        "error" => Level::Error,
        "critical" => Level::Critical,
        _ => Level::Info,
    }
}

fn text(status: u16, text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("the status is right");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
