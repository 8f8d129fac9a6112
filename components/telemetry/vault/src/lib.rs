//! Reads secrets. The path says what it does with the one that the query names as `key`:
//!
//! - `/reveal`: answers its value
//! - `/length`: answers how long its value is
//! - `/hold`: answers whether there is one, without revealing it
//! - `/trap`: reveals it and stops in the middle
//! - `/log`: logs `message` with `level` and `context`

use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasi::logging::logging::{Level, log};
use wasmcloud::secrets::reveal::reveal;
use wasmcloud::secrets::store::{self, SecretValue, SecretsError};

wit_bindgen::generate!({
    world: "kvasi:vault/vault",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasi-logging@0.1.0-draft",
        "../../../wit/wasmcloud-secrets@2.1.0",
        "../../../wit/worlds/vault.wit",
    ],
    generate_all,
});

struct Vault;

export!(Vault);

impl Guest for Vault {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let value = |name: &str| -> String {
            form_urlencoded::parse(query.as_bytes())
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default()
        };
        if path == "/log" {
            log(level(&value("level")), &value("context"), &value("message"));
            return Ok(text(200, "logged".to_owned()));
        }
        let secret = match store::get(value("key")).await {
            Ok(secret) => secret,
            Err(SecretsError::NotFound) => return Ok(text(404, "not found".to_owned())),
            Err(error) => return Ok(text(502, format!("{error:?}"))),
        };
        if path == "/hold" {
            return Ok(text(200, "there".to_owned()));
        }
        let revealed = match reveal(&secret).await {
            SecretValue::String(text) => text,
            SecretValue::Bytes(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        if path == "/trap" {
            core::arch::wasm32::unreachable();
        }
        let answer = if path == "/length" { revealed.chars().count().to_string() } else { revealed };
        Ok(text(200, answer))
    }
}

fn level(name: &str) -> Level {
    match name {
        "trace" => Level::Trace,
        "debug" => Level::Debug,
        "warn" => Level::Warn,
        "error" => Level::Error,
        "critical" => Level::Critical,
        _ => Level::Info,
    }
}

fn text(status: u16, text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("the status is right");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
