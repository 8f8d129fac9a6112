//! The component: HTTP by `wasi:http` 0.3, the bucket by `wasi:keyvalue`.

use crate::answer::{self, BUCKET, Bucket};
use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Method, Request, Response};
use wasi::keyvalue::store::{self, Error as StoreError};

wit_bindgen::generate!({ world: "app", path: "wit", generate_all });

impl Bucket for store::Bucket {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        store::Bucket::get(self, key).map_err(|error| error.to_string())
    }

    fn set(&mut self, key: &str, value: &[u8]) -> Result<(), String> {
        store::Bucket::set(self, key, value).map_err(|error| error.to_string())
    }
}

struct App;

export!(App);

impl Guest for App {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let (status, text) = match request.get_method() {
            Method::Get => open().map(|bucket| answer::get(&bucket, query)),
            Method::Post => {
                let body = contents(request).await?;
                open().map(|mut bucket| answer::post(&mut bucket, &body))
            }
            _ => Ok((405, "Method not allowed".to_owned())),
        }
        .unwrap_or_else(|error| (500, format!("[{BUCKET}] {error}")));
        Ok(respond(status, text + "\n"))
    }
}

fn open() -> Result<store::Bucket, StoreError> {
    store::open(BUCKET)
}

/// The whole body. The trailers tell whether it has come to its end.
async fn contents(request: Request) -> Result<Vec<u8>, ErrorCode> {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, trailers) = Request::consume_body(request, result_to_come);
    let bytes = body.collect().await;
    drop(result);
    trailers.await.map(|_| bytes)
}

/// The body is sent after the handler has returned.
fn respond(status: u16, text: String) -> Response {
    let headers = Fields::new();
    headers.append("content-type", b"text/plain; charset=utf-8").expect("a header of this name");
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(headers, Some(contents), trailers_to_come);
    response.set_status_code(status).expect("a status of three digits");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
