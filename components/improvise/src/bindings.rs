//! What this component imports beyond the types of `wasi:http`.

wit_bindgen::generate!({
    world: "kvasi:improvise/improvise",
    path: [
        "../../wit/wasi-io@0.2.12",
        "../../wit/wasi-clocks@0.2.12",
        "../../wit/wasi-random@0.2.12",
        "../../wit/wasi-filesystem@0.2.12",
        "../../wit/wasi-sockets@0.2.12",
        "../../wit/wasi-cli@0.2.12",
        "../../wit/wasi-http@0.2.12",
        "../../wit/wasi-keyvalue@0.2.0-draft",
        "../../wit/worlds/improvise.wit",
    ],
    with: {
        "wasi:io/error@0.2.12": guest_http::bindings::wasi::io::error,
        "wasi:io/poll@0.2.12": guest_http::bindings::wasi::io::poll,
        "wasi:io/streams@0.2.12": guest_http::bindings::wasi::io::streams,
        "wasi:clocks/monotonic-clock@0.2.12": generate,
        "wasi:http/types@0.2.12": guest_http::bindings::wasi::http::types,
    },
    generate_all,
});
