use crate::bindings::wasi::http::outgoing_handler::handle;
use crate::bindings::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingRequest, Method, OutgoingBody, OutgoingRequest,
    RequestOptions, Scheme,
};
use crate::query::Query;
use crate::{CHUNK, MILLISECOND};

/// Sends what the query says, with the body of the request where it says so.
pub fn send(request: &IncomingRequest, query: &Query) -> Result<FutureIncomingResponse, ErrorCode> {
    let fields = fields(&query.fields("h"))?;
    let outgoing = OutgoingRequest::new(fields);
    let method = query.text("method").map_or_else(|| request.method(), |name| Method::Other(name.to_owned()));
    outgoing.set_method(&method).map_err(|()| ErrorCode::HttpRequestMethodInvalid)?;
    let url = query.text("url").unwrap_or_default();
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let scheme = match scheme {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        other => Scheme::Other(other.to_owned()),
    };
    let invalid = |()| ErrorCode::HttpRequestUriInvalid;
    outgoing.set_scheme(Some(&scheme)).map_err(invalid)?;
    outgoing.set_authority(Some(authority)).map_err(invalid)?;
    outgoing.set_path_with_query(Some(path)).map_err(invalid)?;
    let text = query.text("text");
    let streams = query.text("body").is_some();
    let body = (text.is_some() || streams).then(|| outgoing.body().expect("the body is taken once"));
    let future = handle(outgoing, Some(options(query)))?;
    if let Some(body) = body {
        let stream = body.write().expect("the stream is taken once");
        if let Some(text) = text {
            for chunk in text.as_bytes().chunks(4096) {
                let _ = stream.blocking_write_and_flush(chunk);
            }
        } else {
            let incoming = request.consume().expect("the body is taken once");
            let input = incoming.stream().expect("the stream is taken once");
            while stream.blocking_splice(&input, CHUNK).is_ok() {}
        }
        drop(stream);
        let trailers = query.fields("t");
        let trailers = if trailers.is_empty() { None } else { Some(self::fields(&trailers)?) };
        OutgoingBody::finish(body, trailers)?;
    }
    Ok(future)
}

fn fields(entries: &[(String, Vec<u8>)]) -> Result<Fields, ErrorCode> {
    Fields::from_list(entries).map_err(|error| ErrorCode::InternalError(Some(format!("{error:?}"))))
}

fn options(query: &Query) -> RequestOptions {
    let options = RequestOptions::new();
    let duration = |name: &str| query.number(name).map(|ms| ms * MILLISECOND);
    let _ = options.set_connect_timeout(duration("connect"));
    let _ = options.set_first_byte_timeout(duration("first"));
    let _ = options.set_between_bytes_timeout(duration("between"));
    options
}
