//! Each `GET /<name>` adds one to the counter of that name and answers the new count.

use guest_http::{Method, Request, Response};
use wasi::keyvalue::atomics;
use wasi::keyvalue::store::{self, Error};

wit_bindgen::generate!({
    world: "kvasi:kv-counter/kv-counter",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/kv-counter.wit"],
    generate_all,
});

guest_http::serve!(handle);

const IDENTIFIER: &str = "counters";

fn handle(request: &Request) -> Response {
    if !matches!(request.method(), Method::Get) {
        return Response::text(405, "The method must be GET\n");
    }
    let Some(name) = request.key() else {
        return Response::text(400, "The name is not UTF-8\n");
    };
    match count(&name) {
        Ok(count) => Response::text(200, format!("{count}\n")),
        Err(error) => Response::text(500, format!("{error}\n")),
    }
}

fn count(name: &str) -> Result<u64, Error> {
    atomics::increment(&store::open(IDENTIFIER)?, name, 1)
}
