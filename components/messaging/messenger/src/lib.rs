//! Over HTTP it sends messages:
//!
//! - `POST /publish?subject=…&reply-to=…`: the body of the request; `times` says how often
//! - `POST /request?subject=…&timeout=…`: the same, answered with the reply
//! - `GET /count?key=…`: what it has counted
//!
//! Of a message the first word of the body says what is done with it, the others with what:
//!
//! - `fail <text>` answers an error; `trap`, `spin` and `wait <ms>` do what they say
//! - `publish <subject> <text>` sends another message, `storm <subject>` two of its own kind
//! - `get <key>` reads; `race <key>` reads, adds one and writes
//! - anything else is counted under its subject, and replied to with itself

use exports::wasmcloud::messaging::handler::Guest;
use guest_http::{Request, Response};
use wasi::clocks::monotonic_clock::subscribe_duration;
use wasi::keyvalue::{atomics, store};
use wasmcloud::messaging::consumer;
use wasmcloud::messaging::types::BrokerMessage;

wit_bindgen::generate!({
    world: "kvasi:messenger/messenger",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/wasmcloud-messaging@0.2.0",
        "../../../wit/worlds/messenger.wit",
    ],
    generate_all,
});

guest_http::serve!(handle);
export!(Component);

const BUCKET: &str = "heard";

fn handle(request: &Request) -> Response {
    let query = |name: &str| request.query(name);
    let number = |name: &str| query(name).and_then(|text| text.parse::<u32>().ok());
    let subject = query("subject").unwrap_or_default();
    match request.path() {
        "/publish" => {
            let Some(body) = request.body() else { return Response::text(400, "the body broke off\n") };
            let message = BrokerMessage { subject, body, reply_to: query("reply-to") };
            let times = number("times").unwrap_or(1);
            let mut refused = 0;
            let mut last = String::from("published\n");
            for _ in 0..times {
                if let Err(error) = consumer::publish(&message) {
                    refused += 1;
                    last = format!("{error}\n");
                }
            }
            match refused {
                0 => Response::text(200, last),
                _ => Response::text(502, format!("{refused} of {times} refused: {last}")),
            }
        }
        "/request" => {
            let Some(body) = request.body() else { return Response::text(400, "the body broke off\n") };
            match consumer::request(&subject, &body, number("timeout").unwrap_or(2000)) {
                Ok(reply) => Response::new(200, "application/octet-stream", reply.body),
                Err(error) => Response::text(502, format!("{error}\n")),
            }
        }
        // The benchmark waits for it.
        "/" => Response::text(200, "Ready\n"),
        "/count" => Response::text(200, format!("{}\n", count(&query("key").unwrap_or_default()))),
        path => Response::text(404, format!("there is no {path}\n")),
    }
}

impl Guest for Component {
    fn handle_message(message: BrokerMessage) -> Result<(), String> {
        let text = String::from_utf8_lossy(&message.body);
        let (verb, rest) = text.split_once(' ').unwrap_or((&text, ""));
        match verb {
            "fail" => Err(rest.to_owned()),
            "trap" => stumble(),
            "spin" => loop {
                core::hint::black_box(rest);
            },
            "wait" => {
                subscribe_duration(rest.parse().unwrap_or(0) * 1_000_000).block();
                reply(&message)
            }
            "publish" => {
                let (subject, text) = rest.split_once(' ').unwrap_or((rest, ""));
                send(subject, text.as_bytes())
            }
            "storm" => {
                heard("storm")?;
                // What is refused is not tried again: there is enough of it.
                let _ = send(rest, &message.body);
                let _ = send(rest, &message.body);
                Ok(())
            }
            "get" => store::open(BUCKET)
                .and_then(|bucket| bucket.get(rest))
                .map(drop)
                .map_err(|error| error.to_string()),
            "race" => race(rest).map_err(|error| error.to_string()),
            _ => {
                heard(&message.subject)?;
                reply(&message)
            }
        }
    }
}

fn reply(message: &BrokerMessage) -> Result<(), String> {
    match &message.reply_to {
        Some(subject) => send(subject, &message.body),
        None => Ok(()),
    }
}

fn send(subject: &str, body: &[u8]) -> Result<(), String> {
    consumer::publish(&BrokerMessage { subject: subject.to_owned(), body: body.to_vec(), reply_to: None })
}

fn heard(key: &str) -> Result<u64, String> {
    let bucket = store::open(BUCKET).map_err(|error| error.to_string())?;
    atomics::increment(&bucket, key, 1).map_err(|error| error.to_string())
}

fn count(key: &str) -> u64 {
    store::open(BUCKET).and_then(|bucket| bucket.get(key)).ok().flatten().map_or(0, |bytes| number(&bytes))
}

fn race(key: &str) -> Result<(), store::Error> {
    let bucket = store::open(BUCKET)?;
    let count = bucket.get(key)?.map_or(0, |bytes| number(&bytes)) + 1;
    bucket.set(key, count.to_string().as_bytes())
}

fn number(bytes: &[u8]) -> u64 {
    core::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[inline(never)]
fn stumble() -> ! {
    core::arch::wasm32::unreachable()
}
