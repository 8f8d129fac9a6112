//! Answers the two secrets that it imports by their labels.

use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasmcloud::secrets::reveal::reveal;
use wasmcloud::secrets::store::{Secret, SecretValue};

wit_bindgen::generate!({
    world: "kvasi:labelled/labelled",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-secrets@2.1.0",
        "../../../wit/worlds/labelled.wit",
    ],
    generate_all,
});

struct Labelled;

export!(Labelled);

impl Guest for Labelled {
    async fn handle(_request: Request) -> Result<Response, ErrorCode> {
        let password = revealed(db_password::get().await).await;
        let key = revealed(api_key::get().await).await;
        Ok(text(format!("{password} {key}")))
    }
}

async fn revealed(secret: Secret) -> String {
    match reveal(&secret).await {
        SecretValue::String(text) => text,
        SecretValue::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
    }
}

fn text(text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
