//! `wasmcloud:postgres@0.2.0` as HTTP requests: `/query?sql=…&param=…`. Answers are Rust's text of values, a line for each row.

use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasmcloud::postgres::types::{Error, PgValue};
use wasmcloud::postgres::{prepared, query};

wit_bindgen::generate!({
    world: "kvasi:postgres-probe-async/postgres-probe-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-postgres@0.2.0",
        "../../../wit/worlds/postgres-probe-async.wit",
    ],
    generate_all,
});

struct Handler;

export!(Handler);

impl Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, rest) = target.split_once('?').unwrap_or((&target, ""));
        let mut sql = String::new();
        let mut params = Vec::new();
        let mut most = usize::MAX;
        for (name, value) in form_urlencoded::parse(rest.as_bytes()).into_owned() {
            match name.as_str() {
                "sql" => sql = value,
                "param" => params.push(PgValue::Text(value)),
                "int" => params.push(PgValue::Int8(value.parse().unwrap_or_default())),
                "most" => most = value.parse().unwrap_or(most),
                _ => {}
            }
        }
        Ok(match run(path.trim_start_matches('/'), sql, params, most).await {
            Ok(text) => text_of(200, text),
            Err(error) => text_of(409, format!("{error:?}")),
        })
    }
}

async fn run(
    operation: &str,
    sql: String,
    params: Vec<PgValue>,
    most: usize,
) -> Result<String, Error> {
    match operation {
        "query" => {
            let (columns, mut rows, end) = query::query(sql, params).await?;
            let mut lines = vec![columns.join(",")];
            while lines.len() <= most {
                match rows.next().await {
                    Some(row) => lines.push(format!("{row:?}")),
                    None => break,
                }
            }
            drop(rows);
            if let Err(error) = end.await {
                lines.push(format!("{error:?}"));
            }
            Ok(lines.join("\n"))
        }
        "count" => {
            let (_, mut rows, end) = query::query(sql, params).await?;
            let mut count = 0;
            while count < most && rows.next().await.is_some() {
                count += 1;
            }
            drop(rows);
            end.await?;
            Ok(count.to_string())
        }
        "batch" => query::query_batch(sql).await.map(|()| "done".into()),
        "exec" => {
            let token = prepared::prepare(sql).await?;
            prepared::exec(token, params).await.map(|count| count.to_string())
        }
        "exec-token" => prepared::exec(sql, params).await.map(|count| count.to_string()),
        _ => Err(Error::Other(format!("no operation {operation}"))),
    }
}

fn text_of(status: u16, text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("a status of three digits");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
