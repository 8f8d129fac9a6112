//! `wasmcloud:postgres@0.1.1-draft` as HTTP requests: `/query?sql=…&copy=…&param=…`. Answers are Rust's text of values.
//!
//! With `copy`, the first column of the first row that `copy` answers is the parameter `$1` of `sql`: so a value of any type
//! goes from the host to the guest and back.

use exports::wasi::http::incoming_handler::Guest;
use wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasmcloud::postgres::prepared;
use wasmcloud::postgres::query;
use wasmcloud::postgres::types::PgValue;

wit_bindgen::generate!({
    world: "kvasi:postgres-probe/postgres-probe",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-http@0.2.12",
        "../../../wit/wasmcloud-postgres@0.1.1-draft",
        "../../../wit/worlds/postgres-probe.wit",
    ],
    generate_all,
});

struct Component;

export!(Component);

impl Guest for Component {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, rest) = target.split_once('?').unwrap_or((&target, ""));
        let mut sql = String::new();
        let mut copy = None;
        let mut params = Vec::new();
        for (name, value) in form_urlencoded::parse(rest.as_bytes()).into_owned() {
            match name.as_str() {
                "sql" => sql = value,
                "copy" => copy = Some(value),
                "param" => params.push(PgValue::Text(value)),
                "int" => params.push(PgValue::Int8(value.parse().unwrap_or_default())),
                _ => {}
            }
        }
        match run(path.trim_start_matches('/'), &sql, copy, params) {
            Ok(text) => answer(out, 200, &text),
            Err(text) => answer(out, 409, &text),
        }
    }
}

fn run(
    operation: &str,
    sql: &str,
    copy: Option<String>,
    mut params: Vec<PgValue>,
) -> Result<String, String> {
    if let Some(from) = copy {
        let rows = query::query(&from, &[]).map_err(|error| format!("{error:?}"))?;
        let value = rows.into_iter().flatten().next().map(|entry| entry.value);
        params.insert(0, value.unwrap_or(PgValue::Null));
    }
    match operation {
        "query" => query::query(sql, &params)
            .map(|rows| {
                rows.iter()
                    .map(|row| {
                        row.iter()
                            .map(|entry| format!("{}={:?}", entry.column_name, entry.value))
                            .collect::<Vec<_>>()
                            .join(" ")
                    })
                    .collect::<Vec<_>>()
                    .join("\n")
            })
            .map_err(|error| format!("{error:?}")),
        "count" => query::query(sql, &params)
            .map(|rows| rows.len().to_string())
            .map_err(|error| format!("{error:?}")),
        "batch" => query::query_batch(sql).map(|()| "done".into()).map_err(|error| format!("{error:?}")),
        "prepare" => prepared::prepare(sql).map_err(|error| format!("{error:?}")),
        "exec" => prepared::prepare(sql)
            .map_err(|error| format!("{error:?}"))
            .and_then(|token| prepared::exec(&token, &params).map_err(|error| format!("{error:?}")))
            .map(|count| count.to_string()),
        "exec-token" => prepared::exec(sql, &params)
            .map(|count| count.to_string())
            .map_err(|error| format!("{error:?}")),
        _ => Err(format!("no operation {operation}")),
    }
}

fn answer(out: ResponseOutparam, status: u16, text: &str) {
    let response = OutgoingResponse::new(Fields::new());
    let _ = response.set_status_code(status);
    let body = response.body().expect("a response has one body");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("a body has one stream");
    for chunk in text.as_bytes().chunks(4096) {
        if stream.blocking_write_and_flush(chunk).is_err() {
            break;
        }
    }
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}
