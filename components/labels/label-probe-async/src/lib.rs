//! Opens buckets under two labels, and works on all of them through the same interfaces: `/set`, `/get`, `/add`, `/swap` and `/many`,
//! each with `?label=…&bucket=…&key=…` and, to write, `&value=…`.

use exports::wasi::http::handler::Guest;
use std::collections::HashMap;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasmcloud::keyvalue::cas::CasOptions;
use wasmcloud::keyvalue::types::{Bucket, Error};
use wasmcloud::keyvalue::{atomics, batch, cas, store};

wit_bindgen::generate!({
    world: "kvasi:label-probe-async/label-probe-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-keyvalue@0.2.0",
        "../../../wit/worlds/label-probe-async.wit",
    ],
    generate_all,
});

struct Handler;

export!(Handler);

impl Guest for Handler {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let given: HashMap<String, String> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(match run(path, &given).await {
            Ok(text) => answer(200, text),
            Err(error) => answer(409, format!("{error:?}")),
        })
    }
}

async fn run(path: &str, given: &HashMap<String, String>) -> Result<String, Error> {
    let of = |name: &str| given.get(name).cloned().unwrap_or_default();
    let (key, value) = (of("key"), of("value").into_bytes());
    let bucket = open(&of("label"), of("bucket")).await?;
    match path {
        "/set" => bucket.set(key, value, None).await.map(|()| "stored".to_owned()),
        "/get" => bucket.get(key).await.map(shown),
        "/add" => atomics::increment(&bucket, key, 1).await.map(|count| count.to_string()),
        "/swap" => {
            let version = cas::current(&bucket, key.clone()).await?.map(|entry| entry.version);
            let options = CasOptions { require_version: version, require_value: None };
            cas::swap(&bucket, key, value, options).await.map(|result| format!("{result:?}"))
        }
        "/many" => {
            let found = batch::get_many(&bucket, key.split(',').map(str::to_owned).collect()).await?;
            Ok(found.into_iter().map(|pair| shown(pair.map(|(_, value)| value))).collect::<Vec<_>>().join(" "))
        }
        _ => Err(Error::Other(format!("there is no {path}"))),
    }
}

async fn open(label: &str, identifier: String) -> Result<Bucket, Error> {
    match label {
        "cache" => cache::open(identifier).await,
        "sessions" => sessions::open(identifier).await,
        _ => store::open(identifier).await,
    }
}

fn shown(value: Option<Vec<u8>>) -> String {
    value.map_or("nothing".to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn answer(status: u16, text: String) -> Response {
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
