use crate::wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use crate::wasi::io::streams::{InputStream, OutputStream, StreamError};

const CHUNK: u64 = 64 * 1024;

/// Answers with a body that is there.
pub fn answer(out: ResponseOutparam, status: u16, bytes: &[u8]) {
    let response = OutgoingResponse::new(Fields::new());
    response.set_status_code(status).expect("a status of three digits");
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("the stream is taken once");
    let _ = write_all(&stream, bytes);
    drop(stream);
    let _ = OutgoingBody::finish(body, None);
}

/// Answers with what a stream has. Where that breaks off, so does the answer.
pub fn stream_to(out: ResponseOutparam, input: &InputStream, size: u64) {
    let headers = Fields::from_list(&[("content-length".to_owned(), size.to_string().into_bytes())]);
    let response = OutgoingResponse::new(headers.expect("a header that may be set"));
    let body = response.body().expect("the body is taken once");
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().expect("the stream is taken once");
    let copied = copy(input, &stream, u64::MAX);
    drop(stream);
    if copied.is_ok() {
        let _ = OutgoingBody::finish(body, None);
    }
}

/// Copies at most so many bytes, and answers how many there were.
pub fn copy(input: &InputStream, output: &OutputStream, most: u64) -> Result<u64, String> {
    let mut copied = 0;
    while copied < most {
        let bytes = match input.blocking_read(CHUNK.min(most - copied)) {
            Ok(bytes) => bytes,
            Err(StreamError::Closed) => break,
            Err(StreamError::LastOperationFailed(error)) => return Err(error.to_debug_string()),
        };
        copied += bytes.len() as u64;
        write_all(output, &bytes)?;
    }
    output.blocking_flush().map_err(text_of)?;
    Ok(copied)
}

pub fn write_all(output: &OutputStream, mut bytes: &[u8]) -> Result<(), String> {
    while !bytes.is_empty() {
        let permit = output.check_write().map_err(text_of)? as usize;
        if permit == 0 {
            output.subscribe().block();
            continue;
        }
        let (now, rest) = bytes.split_at(permit.min(bytes.len()));
        output.write(now).map_err(text_of)?;
        bytes = rest;
    }
    Ok(())
}

/// Gives the stream of a request's body to somebody.
pub fn with_body<T>(request: &IncomingRequest, act: impl FnOnce(&InputStream) -> T) -> T {
    let body = request.consume().expect("the body is taken once");
    let stream = body.stream().expect("the stream is taken once");
    act(&stream)
}

/// All of a request's body.
pub fn bytes_of(request: &IncomingRequest) -> Result<Vec<u8>, String> {
    with_body(request, |stream| {
        let mut all = Vec::new();
        loop {
            match stream.blocking_read(CHUNK) {
                Ok(bytes) => all.extend(bytes),
                Err(StreamError::Closed) => return Ok(all),
                Err(error) => return Err(text_of(error)),
            }
        }
    })
}

fn text_of(error: StreamError) -> String {
    match error {
        StreamError::Closed => "the stream is closed".to_owned(),
        StreamError::LastOperationFailed(error) => error.to_debug_string(),
    }
}
