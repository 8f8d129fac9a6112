use crate::bindings::wasi::http::types::{Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};

/// What `blocking-write-and-flush` takes at most in one call.
const CHUNK: usize = 4096;

pub struct Response {
    status: u16,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Response {
    pub fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, content_type, body: body.into() }
    }

    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.into())
    }

    pub fn json(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "application/json", body)
    }

    #[doc(hidden)]
    pub fn send(self, outparam: ResponseOutparam) {
        let headers = Fields::from_list(&[
            ("content-type".to_owned(), self.content_type.into()),
            ("content-length".to_owned(), self.body.len().to_string().into()),
        ])
        .expect("both headers are valid");
        let response = OutgoingResponse::new(headers);
        response.set_status_code(self.status).expect("the status is valid");
        let body = response.body().expect("the body is taken once");
        ResponseOutparam::set(outparam, Ok(response));

        let stream = body.write().expect("the stream is taken once");
        // A write fails only when the client went away, and then nobody is left to tell.
        let sent = self.body.chunks(CHUNK).try_for_each(|chunk| stream.blocking_write_and_flush(chunk));
        drop(stream);
        if sent.is_ok() {
            let _ = OutgoingBody::finish(body, None);
        }
    }
}
