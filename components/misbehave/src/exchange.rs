use guest_http::bindings::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use guest_http::bindings::wasi::io::streams::{OutputStream, StreamError};
use guest_http::url;

/// One request and its answer.
pub struct Exchange {
    pub request: IncomingRequest,
    pub outparam: ResponseOutparam,
    pub target: String,
}

impl Exchange {
    pub fn new(request: IncomingRequest, outparam: ResponseOutparam) -> Self {
        let target = request.path_with_query().unwrap_or_default();
        Self { request, outparam, target }
    }

    /// The first segment of the path.
    pub fn name(&self) -> &str {
        self.segments().0
    }

    /// The path after its first segment.
    pub fn rest(&self) -> &str {
        self.segments().1
    }

    fn segments(&self) -> (&str, &str) {
        let path = url::split(&self.target).0.trim_start_matches('/');
        path.split_once('/').unwrap_or((path, ""))
    }

    pub fn query(&self, name: &str) -> Option<String> {
        url::query(url::split(&self.target).1, name)
    }

    pub fn number(&self, name: &str) -> Option<u64> {
        self.query(name)?.parse().ok()
    }

    /// Answers with a text.
    pub fn answer(self, status: u16, text: &str) {
        self.start(status, &[]).finish_with(text);
    }

    /// Sends the head of the answer.
    pub fn start(self, status: u16, headers: &[(&str, &[u8])]) -> Answer {
        start(self.outparam, status, headers)
    }
}

pub fn start(outparam: ResponseOutparam, status: u16, headers: &[(&str, &[u8])]) -> Answer {
    let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect();
    let response = OutgoingResponse::new(Fields::from_list(&headers).expect("the headers are valid"));
    response.set_status_code(status).expect("the status is valid");
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(outparam, Ok(response));
    let stream = body.write().expect("the stream is taken once");
    Answer { stream, body }
}

/// An answer whose body is being sent. Dropped without [`Answer::finish`], it ends incomplete.
pub struct Answer {
    // Above `body`, because a stream must be dropped before the body that it belongs to.
    pub stream: OutputStream,
    body: OutgoingBody,
}

impl Answer {
    /// Sends all bytes, as fast as the client takes them.
    pub fn write(&self, mut bytes: &[u8]) -> Result<(), StreamError> {
        while !bytes.is_empty() {
            let permit = self.stream.check_write()?;
            if permit == 0 {
                self.stream.subscribe().block();
                continue;
            }
            let (now, later) = bytes.split_at(bytes.len().min(permit as usize));
            self.stream.write(now)?;
            bytes = later;
        }
        Ok(())
    }

    /// Sends a text and waits until it is on its way.
    pub fn write_now(&self, text: &str) -> Result<(), StreamError> {
        self.stream.blocking_write_and_flush(text.as_bytes())
    }

    pub fn finish(self, trailers: Option<Fields>) {
        let Self { stream, body } = self;
        let flushed = stream.blocking_flush();
        drop(stream);
        if flushed.is_ok() {
            let _ = OutgoingBody::finish(body, trailers);
        }
    }

    pub fn finish_with(self, text: &str) {
        if self.write(text.as_bytes()).is_ok() {
            self.finish(None);
        }
    }
}
