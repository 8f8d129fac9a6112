//! Answers every request with one line. It imports no `wasi:keyvalue`, so that any `wasi:http` host can run it.

use guest_http::{Request, Response};

guest_http::serve!(handle);

fn handle(_request: &Request) -> Response {
    Response::text(200, "Hello, world!\n")
}
