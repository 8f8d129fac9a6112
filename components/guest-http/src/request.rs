use crate::bindings::wasi::http::types::{IncomingBody, IncomingRequest, Method};
use crate::bindings::wasi::io::streams::StreamError;
use crate::url;

const CHUNK: u64 = 64 * 1024;

pub struct Request {
    inner: IncomingRequest,
    target: String,
}

impl Request {
    #[doc(hidden)]
    pub fn new(inner: IncomingRequest) -> Self {
        let target = inner.path_with_query().unwrap_or_default();
        Self { inner, target }
    }

    pub fn method(&self) -> Method {
        self.inner.method()
    }

    /// The path as the client sent it, percent-encoded.
    pub fn path(&self) -> &str {
        url::split(&self.target).0
    }

    /// The decoded path without its first slash; `None` if it is no UTF-8.
    pub fn key(&self) -> Option<String> {
        url::key(self.path())
    }

    /// The decoded value of the first query parameter of that name.
    pub fn query(&self, name: &str) -> Option<String> {
        url::query(url::split(&self.target).1, name)
    }

    /// The whole body; `None` if the client went away before its end.
    pub fn body(&self) -> Option<Vec<u8>> {
        let body = self.inner.consume().ok()?;
        let stream = body.stream().ok()?;
        let mut bytes = Vec::new();
        loop {
            match stream.blocking_read(CHUNK) {
                Ok(chunk) => bytes.extend_from_slice(&chunk),
                Err(StreamError::Closed) => break,
                Err(StreamError::LastOperationFailed(_)) => return None,
            }
        }
        drop(stream);
        IncomingBody::finish(body);
        Some(bytes)
    }
}
