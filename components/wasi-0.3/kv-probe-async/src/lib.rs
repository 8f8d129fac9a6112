//! Every operation of `wasmcloud:keyvalue@0.2.0` as an HTTP call in JSON: the protocol of `components/kv-probe`, with what this
//! interface has more.

mod json;
mod operation;

use exports::wasi::http::handler::Guest;
use operation::Operation;
use serde_json::{Value, json};
use wasi::http::types::{ErrorCode, Fields, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:kv-probe-async/kv-probe-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-keyvalue@0.2.0",
        "../../../wit/worlds/kv-probe-async.wit",
    ],
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let name = target.trim_start_matches('/').to_owned();
        let (result, result_to_come) = wit_future::new(|| Ok(()));
        let (body, _trailers) = Request::consume_body(request, result_to_come);
        let body = body.collect().await;
        drop(result);
        Ok(match answer(&name, &body).await {
            Ok(value) => response(200, value),
            Err(error) => {
                let error = json!({ "case": "bad-request", "message": error.to_string() });
                response(400, json!({ "error": error }))
            }
        })
    }
}

async fn answer(name: &str, body: &[u8]) -> serde_json::Result<Value> {
    if name == "sequence" {
        let mut answers = Vec::new();
        for operation in serde_json::from_slice::<Vec<Operation>>(body)? {
            answers.push(operation.run().await);
        }
        return Ok(answers.into());
    }
    let mut fields: serde_json::Map<String, Value> = serde_json::from_slice(body)?;
    fields.insert("operation".to_owned(), name.into());
    let operation: Operation = serde_json::from_value(fields.into())?;
    Ok(operation.run().await)
}

fn response(status: u16, value: Value) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("a status of three digits");
    wit_bindgen::spawn_local(async move {
        body.write_all(value.to_string().into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
