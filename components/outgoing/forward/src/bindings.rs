//! `wasi:http` as wit-bindgen sees it.

wit_bindgen::generate!({
    world: "kvasi:forward/forward",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-http@0.2.12",
        "../../../wit/worlds/forward.wit",
    ],
    generate_all,
    pub_export_macro: true,
});
