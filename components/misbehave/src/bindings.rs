//! What this component imports beyond `wasi:http`.

wit_bindgen::generate!({
    world: "kvasi:misbehave/misbehave",
    path: [
        "../../wit/wasi-io@0.2.12",
        "../../wit/wasi-clocks@0.2.12",
        "../../wit/wasi-random@0.2.12",
        "../../wit/wasi-filesystem@0.2.12",
        "../../wit/wasi-sockets@0.2.12",
        "../../wit/wasi-cli@0.2.12",
        "../../wit/worlds/misbehave.wit",
    ],
    with: {
        "wasi:io/error@0.2.12": guest_http::bindings::wasi::io::error,
        "wasi:io/poll@0.2.12": guest_http::bindings::wasi::io::poll,
        "wasi:io/streams@0.2.12": guest_http::bindings::wasi::io::streams,
    },
    generate_all,
});
