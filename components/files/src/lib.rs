//! Calls functions of `wasi:filesystem`: a request's body is a script, one call a line.

mod calls;
mod words;

use guest_http::{Request, Response};

wit_bindgen::generate!({
    world: "kvasi:files/files",
    path: [
        "../../wit/wasi-io@0.2.12",
        "../../wit/wasi-clocks@0.2.12",
        "../../wit/wasi-filesystem@0.2.12",
        "../../wit/worlds/files.wit",
    ],
    with: {
        "wasi:io/error@0.2.12": guest_http::bindings::wasi::io::error,
        "wasi:io/poll@0.2.12": guest_http::bindings::wasi::io::poll,
        "wasi:io/streams@0.2.12": guest_http::bindings::wasi::io::streams,
    },
    generate_all,
});

guest_http::serve!(handle);

fn handle(request: &Request) -> Response {
    let script = request.body().unwrap_or_default();
    let mut calls = calls::Calls::new();
    let answers: String = String::from_utf8_lossy(&script)
        .lines()
        .map(|line| calls.call(line).map_or_else(|error| error, |answer| format!("ok {answer}")))
        .map(|answer| format!("{}\n", answer.trim_end()))
        .collect();
    Response::text(200, answers)
}
