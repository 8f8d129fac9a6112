//! Over HTTP it sends messages, as a component of WASI 0.3:
//!
//! - `POST /publish?subject=…`: the body of the request, as it comes
//! - `POST /request?subject=…&timeout=…`: the same, answered with the reply as it comes
//! - `POST /large?subject=…&size=…`: so many bytes
//! - `GET /count?key=…`: what it has counted
//!
//! Of a message the last part of the subject says what is done with it:
//!
//! - `reject`, `retry` and `other` answer those dispositions; `trap` does what it says
//! - `through` replies with the body, which it does not read; `discard` reads nothing of it
//! - `wait` takes as many milliseconds as the body says
//! - anything else is read, counted under its subject, and replied to with how much it was

use exports::wasi::http::handler::Guest as HttpGuest;
use exports::wasmcloud::messaging::handler::Guest as MessageGuest;
use wasi::clocks::monotonic_clock::wait_for;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasi::keyvalue::{atomics, store};
use wasmcloud::messaging::consumer;
use wasmcloud::messaging::types::{BrokerMessage, HandleMessageError};
use wit_bindgen::StreamReader;

wit_bindgen::generate!({
    world: "kvasi:messenger-async/messenger-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/wasmcloud-messaging@0.3.0",
        "../../../wit/worlds/messenger-async.wit",
    ],
    generate_all,
});

struct Messenger;

export!(Messenger);

const BUCKET: &str = "heard";

impl HttpGuest for Messenger {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let value = |name: &str| {
            query.split('&').find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
        };
        let number = |name: &str| value(name).and_then(|text| text.parse::<u32>().ok());
        let subject = value("subject").unwrap_or_default();
        Ok(match path {
            "/publish" => {
                let sent = consumer::publish(message(subject, body_of(request))).await;
                text(format!("{sent:?}\n"))
            }
            "/large" => {
                let body = streamed(vec![7; number("size").unwrap_or(0) as usize]);
                let sent = consumer::publish(message(subject, body)).await;
                text(format!("{sent:?}\n"))
            }
            "/request" => match consumer::request(subject, body_of(request), number("timeout")).await {
                Ok(reply) => respond(reply.body),
                Err(error) => text(format!("{error:?}\n")),
            },
            "/count" => text(format!("{}\n", count(&value("key").unwrap_or_default()))),
            path => text(format!("there is no {path}\n")),
        })
    }
}

impl MessageGuest for Messenger {
    async fn handle_message(message: BrokerMessage) -> Result<(), HandleMessageError> {
        let BrokerMessage { subject, body, reply_to } = message;
        match subject.rsplit('.').next().unwrap_or_default() {
            "reject" => Err(HandleMessageError::Reject),
            "retry" => Err(HandleMessageError::Retry),
            "other" => Err(HandleMessageError::Other("it was asked to".to_owned())),
            "trap" => stumble(),
            "discard" => heard(&subject),
            "through" => reply(reply_to, body).await,
            "wait" => {
                let text = String::from_utf8_lossy(&body.collect().await).into_owned();
                wait_for(text.parse().unwrap_or(0) * 1_000_000).await;
                heard(&subject)
            }
            _ => {
                let bytes = body.collect().await;
                heard(&subject)?;
                reply(reply_to, streamed(format!("{} bytes", bytes.len()).into_bytes())).await
            }
        }
    }
}

async fn reply(to: Option<String>, body: StreamReader<u8>) -> Result<(), HandleMessageError> {
    let Some(subject) = to else { return Ok(()) };
    consumer::publish(message(subject, body))
        .await
        .map_err(|error| HandleMessageError::Other(format!("{error:?}")))
}

fn message(subject: String, body: StreamReader<u8>) -> BrokerMessage {
    BrokerMessage { subject, body, reply_to: None }
}

fn streamed(bytes: Vec<u8>) -> StreamReader<u8> {
    let (mut writer, reader) = wit_stream::new();
    wit_bindgen::spawn_local(async move {
        writer.write_all(bytes).await;
    });
    reader
}

fn body_of(request: Request) -> StreamReader<u8> {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, _trailers) = Request::consume_body(request, result_to_come);
    drop(result);
    body
}

fn respond(body: StreamReader<u8>) -> Response {
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    drop(trailers);
    Response::new(Fields::new(), Some(body), trailers_to_come).0
}

fn text(text: String) -> Response {
    respond(streamed(text.into_bytes()))
}

fn heard(key: &str) -> Result<(), HandleMessageError> {
    let counted = store::open(BUCKET).and_then(|bucket| atomics::increment(&bucket, key, 1));
    counted.map(drop).map_err(|error| HandleMessageError::Other(error.to_string()))
}

fn count(key: &str) -> String {
    let stored = store::open(BUCKET).and_then(|bucket| bucket.get(key)).ok().flatten();
    stored.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| "0".to_owned())
}

#[inline(never)]
fn stumble() -> ! {
    core::arch::wasm32::unreachable()
}
