//! Notes in the bucket `noted` what it is told of the buckets that it watches: under `last:key` the value, or `gone`, and under
//! `count:key` how often that was. A key that begins with `stumble` makes it trap, one with `wait` takes 300 ms, and of one with
//! `again` it writes another value each time. `/set`, `/get` and `/delete`, each with `?bucket=…&key=…` and, to write, `&value=…` and
//! perhaps `&ttl=…`, do so.

use exports::wasi::http::handler::Guest as Handler;
use exports::wasmcloud::keyvalue::watcher::Guest as Watcher;
use std::collections::HashMap;
use wasi::clocks::monotonic_clock;
use wasi::http::types::{ErrorCode, Fields, Request, Response};
use wasmcloud::keyvalue::types::{Bucket, Error, SetOptions};
use wasmcloud::keyvalue::{atomics, store};

wit_bindgen::generate!({
    world: "kvasi:watcher/watcher",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/wasmcloud-keyvalue@0.2.0",
        "../../../wit/worlds/watcher.wit",
    ],
    generate_all,
});

struct Component;

export!(Component);

impl Watcher for Component {
    async fn on_set(bucket: Bucket, key: String, value: Vec<u8>) {
        if key.starts_with("stumble") {
            stumble();
        }
        if key.starts_with("wait") {
            monotonic_clock::wait_for(300_000_000).await;
        }
        if key.starts_with("again") {
            bucket.set(key.clone(), [&value[..], b"+"].concat(), None).await.expect("the bucket is there");
        }
        // What the bucket itself says is the same, or newer.
        let seen = bucket.get(key.clone()).await.expect("the bucket is there");
        let shown = seen.map_or("gone already".to_owned(), |_| String::from_utf8_lossy(&value).into_owned());
        note(&key, shown).await.expect("the bucket for notes is there");
    }

    async fn on_delete(bucket: Bucket, key: String) {
        let is_there = bucket.exists(key.clone()).await.expect("the bucket is there");
        note(&key, if is_there { "back already" } else { "gone" }.to_owned())
            .await
            .expect("the bucket for notes is there");
    }
}

async fn note(key: &str, what: String) -> Result<(), Error> {
    let noted = store::open("noted".to_owned()).await?;
    noted.set(format!("last:{key}"), what.into_bytes(), None).await?;
    atomics::increment(&noted, format!("count:{key}"), 1).await.map(drop)
}

impl Handler for Component {
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
    let bucket = store::open(of("bucket")).await?;
    match path {
        "/set" => {
            let ttl_ms = given.get("ttl").and_then(|text| text.parse().ok());
            let options = ttl_ms.map(|ttl_ms| SetOptions { ttl_ms: Some(ttl_ms), if_not_exists: false });
            bucket.set(key, value, options).await.map(|()| "stored".to_owned())
        }
        "/get" => bucket.get(key).await.map(shown),
        "/delete" => bucket.delete(key).await.map(|()| "deleted".to_owned()),
        _ => Err(Error::Other(format!("there is no {path}"))),
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

#[inline(never)]
fn stumble() -> ! {
    core::arch::wasm32::unreachable()
}
