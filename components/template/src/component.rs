//! The component: HTTP by `wstd`, the bucket by `wasi:keyvalue`.

use crate::answer::{self, BUCKET, Bucket};
use wasi::keyvalue::store::{self, Error as StoreError};
use wstd::http::{Body, Error, Method, Request, Response};

wit_bindgen::generate!({ world: "app", path: "wit", generate_all });

impl Bucket for store::Bucket {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, String> {
        store::Bucket::get(self, key).map_err(|error| error.to_string())
    }

    fn set(&mut self, key: &str, value: &[u8]) -> Result<(), String> {
        store::Bucket::set(self, key, value).map_err(|error| error.to_string())
    }
}

#[wstd::http_server]
async fn main(mut request: Request<Body>) -> Result<Response<Body>, Error> {
    let (status, text) = match *request.method() {
        Method::GET => open().map(|bucket| answer::get(&bucket, request.uri().query().unwrap_or_default())),
        Method::POST => {
            let body = request.body_mut().contents().await?.to_vec();
            open().map(|mut bucket| answer::post(&mut bucket, &body))
        }
        _ => Ok((405, "Method not allowed".to_owned())),
    }
    .unwrap_or_else(|error| (500, format!("[{BUCKET}] {error}")));
    let response = Response::builder().status(status).header("content-type", "text/plain; charset=utf-8");
    Ok(response.body((text + "\n").into())?)
}

fn open() -> Result<store::Bucket, StoreError> {
    store::open(BUCKET)
}
