//! Does what a host of WASI 0.3 has to survive; the path says what.

use std::future::pending;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use exports::wasi::http::handler::Guest;
use wasi::cli::{environment, stdout};
use wasi::clocks::{monotonic_clock, system_clock};
use wasi::http::client;
use wasi::http::types::{ErrorCode, Fields, HeaderError, Method, Request, Response, Scheme};
use wasi::random::random;
use wit_bindgen::StreamResult;

wit_bindgen::generate!({
    world: "kvasi:misbehave-async/misbehave-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/worlds/misbehave-async.wit",
    ],
    generate_all,
});

const MILLISECOND: u64 = 1_000_000;

struct Misbehave;

export!(Misbehave);

impl Guest for Misbehave {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let number = |name: &str| {
            let found = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name);
            found.and_then(|(_, value)| value.parse::<u64>().ok()).unwrap_or(0)
        };
        match path {
            "/hello" => Ok(text("hello")),
            "/request" => Ok(text(&describe(&request))),
            "/count" => Ok(text(&count().to_string())),
            "/wait" => {
                monotonic_clock::wait_for(number("ms") * MILLISECOND).await;
                Ok(text("waited"))
            }
            "/waits" => Ok(text(&many_waits(number("count")).await.to_string())),
            "/cancel" => {
                start_and_drop(monotonic_clock::wait_for(3_600_000 * MILLISECOND));
                Ok(text("cancelled"))
            }
            "/yield" => {
                for _ in 0..number("times") {
                    wit_bindgen::yield_async().await;
                }
                Ok(text("yielded"))
            }
            "/block" => {
                wit_bindgen::block_on(monotonic_clock::wait_for(number("ms") * MILLISECOND));
                Ok(text("blocked"))
            }
            "/never" => pending().await,
            "/trap" => panic!("as asked"),
            "/trap-later" => {
                let response = text("before the trap");
                wit_bindgen::spawn_local(async {
                    monotonic_clock::wait_for(20 * MILLISECOND).await;
                    panic!("after the answer");
                });
                Ok(response)
            }
            "/loop" => loop {
                std::hint::spin_loop();
            },
            "/error" => Err(ErrorCode::InternalError(Some("as asked".to_owned()))),
            "/goes-on" => {
                let response = text("answered");
                let ms = number("ms");
                wit_bindgen::spawn_local(async move {
                    monotonic_clock::wait_for(ms * MILLISECOND).await;
                    print("went on\n").await;
                });
                Ok(response)
            }
            "/print" => {
                print("printed\n").await;
                Ok(text("printed"))
            }
            "/drip" => Ok(drip(number("count"), number("ms"))),
            "/endless" => Ok(endless()),
            "/broken" => Ok(broken()),
            "/no-trailers" => Ok(without_trailers()),
            "/trailers" => Ok(with_trailers()),
            "/headers" => Ok(text(&headers())),
            "/status" => {
                let response = text("");
                let set = response.set_status_code(number("code") as u16);
                Ok(if set.is_ok() { response } else { text("refused") })
            }
            "/clock" => {
                let now = system_clock::now();
                Ok(text(&format!("{}.{:09}", now.seconds, now.nanoseconds)))
            }
            "/random" => Ok(text(&random::get_random_u64().to_string())),
            "/environment" => Ok(text(&format!("{:?}", environment::get_environment()))),
            "/outgoing" => Ok(text(&outgoing().await)),
            "/reads" => Ok(text(&reads(request).await)),
            "/ignores-body" => Ok(text("not read")),
            _ => Ok(text("unknown path")),
        }
    }
}

fn text(text: &str) -> Response {
    streamed(text.as_bytes().to_vec(), Fields::new())
}

fn streamed(bytes: Vec<u8>, headers: Fields) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(headers, Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(bytes).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}

fn describe(request: &Request) -> String {
    let method = match request.get_method() {
        Method::Get => "GET".to_owned(),
        Method::Other(name) => name,
        other => format!("{other:?}"),
    };
    let scheme = match request.get_scheme() {
        Some(Scheme::Http) => "http",
        _ => "other",
    };
    let authority = request.get_authority().is_some();
    let fields = request.get_headers();
    let names: Vec<String> = fields.copy_all().into_iter().map(|(name, _)| name.to_lowercase()).collect();
    let immutable = matches!(fields.append("a", b"b"), Err(HeaderError::Immutable));
    format!("{method} {scheme} {authority} {} {immutable}", names.contains(&"x-test".to_owned()))
}

/// Each request has an instance of its own: it is the first one to be counted.
fn count() -> u32 {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    COUNT.fetch_add(1, Ordering::Relaxed) + 1
}

async fn many_waits(count: u64) -> u64 {
    let waits: Vec<_> = (0..count)
        .map(|index| {
            wit_bindgen::spawn_local(async move {
                monotonic_clock::wait_for((index % 7) * MILLISECOND).await;
                index
            })
        })
        .collect();
    let mut sum = 0;
    for wait in waits {
        sum += wait.await.unwrap_or_default();
    }
    sum
}

/// Begins something and is not interested in its end.
fn start_and_drop(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let poll = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    assert_eq!(poll, Poll::Pending);
}

async fn print(text: &str) {
    let (mut out, printed) = wit_stream::new();
    let result = stdout::write_via_stream(printed);
    out.write_all(text.as_bytes().to_vec()).await;
    drop(out);
    result.await.expect("standard output takes everything");
}

fn drip(count: u64, ms: u64) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        for index in 0..count {
            body.write_all(format!("{index}\n").into_bytes()).await;
            monotonic_clock::wait_for(ms * MILLISECOND).await;
        }
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}

/// Writes until nobody reads any more, and says so.
fn endless() -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        loop {
            let (state, _) = body.write(vec![b'x'; 16 * 1024]).await;
            if state == StreamResult::Dropped {
                break;
            }
        }
        print("the reader has gone\n").await;
        let _ = trailers.write(Ok(None)).await;
    });
    response
}

/// The body breaks off with an error.
fn broken() -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(b"a beginning".to_vec()).await;
        monotonic_clock::wait_for(20 * MILLISECOND).await;
        drop(body);
        let _ = trailers.write(Err(ErrorCode::InternalError(None))).await;
    });
    response
}

/// The future of the trailers is dropped with its default.
fn without_trailers() -> Response {
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), None, trailers_to_come);
    drop(trailers);
    response
}

fn with_trailers() -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(b"content".to_vec()).await;
        drop(body);
        let fields = Fields::from_list(&[("x-checksum".to_owned(), b"abc".to_vec())]).expect("it is valid");
        let _ = trailers.write(Ok(Some(fields))).await;
    });
    response
}

fn headers() -> String {
    let fields = Fields::new();
    let forbidden = matches!(fields.append("connection", b"close"), Err(HeaderError::Forbidden));
    let invalid = matches!(fields.append("a b", b"c"), Err(HeaderError::InvalidSyntax));
    let large = vec![b'x'; 64 * 1024];
    let mut exceeded = false;
    for index in 0..4 {
        exceeded |= matches!(fields.append(&format!("x-{index}"), &large), Err(HeaderError::SizeExceeded));
    }
    let taken = fields.get_and_delete("X-0").map(|values| values.len());
    format!("{forbidden} {invalid} {exceeded} {taken:?} {}", fields.has("x-0"))
}

async fn outgoing() -> String {
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (request, _sent) = Request::new(Fields::new(), None, trailers_to_come, None);
    let result = client::send(request).await;
    drop(trailers);
    format!("{:?}", result.err())
}

async fn reads(request: Request) -> String {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, trailers) = Request::consume_body(request, result_to_come);
    let bytes = body.collect().await;
    let trailers = trailers.await;
    drop(result);
    let names = trailers.map(|fields| fields.map(|fields| fields.copy_all().len()));
    format!("{} bytes, trailers {names:?}", bytes.len())
}
