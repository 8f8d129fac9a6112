//! Sends requests on; the path says what it makes of the answer, the query what it sends:
//!
//! - `url`: where to; `method`, default that of the request
//! - `h=name:value`, `t=name:value`: headers and trailers, any number of them
//! - `text`: a body, or `body` for the one of the request, as it comes
//! - `connect`, `first`, `between`: timeouts, in milliseconds

mod query;

use exports::wasi::http::handler::Guest;
use query::Query;
use wasi::clocks::monotonic_clock::wait_for;
use wasi::http::client;
use wasi::http::types::{ErrorCode, Fields, Method, Request, RequestOptions, Response, Scheme};
use wit_bindgen::StreamResult;

wit_bindgen::generate!({
    world: "kvasi:forward-async/forward-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/worlds/forward-async.wit",
    ],
    generate_all,
});

const CHUNK: usize = 64 * 1024;
const MILLISECOND: u64 = 1_000_000;

struct Forward;

export!(Forward);

impl Guest for Forward {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let query = Query::new(query);
        match path {
            "/forward" => Ok(match send(request, &query).await {
                Ok(response) => forward(response),
                Err(error) => text(502, format!("{error:?}")),
            }),
            "/read" => Ok(text(200, read(send(request, &query).await, &query).await)),
            "/hold" => Ok(text(200, hold(send(request, &query).await, &query).await)),
            _ => Ok(text(200, "forward, read, hold".to_owned())),
        }
    }
}

/// Passes the answer on as it comes, its stream and its trailers untouched.
fn forward(response: Response) -> Response {
    let status = response.get_status_code();
    let headers = response.get_headers().clone();
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, trailers) = Response::consume_body(response, result_to_come);
    drop(result);
    let (passed, _sent) = Response::new(headers, Some(body), trailers);
    passed.set_status_code(status).expect("a received status is right");
    passed
}

/// Reads `bytes` of the answer, default all, and tells how many there were and what came then.
async fn read(sent: Result<Response, ErrorCode>, query: &Query) -> String {
    let response = match sent {
        Ok(response) => response,
        Err(error) => return format!("{error:?}"),
    };
    let status = response.get_status_code();
    let most = query.number("bytes").map_or(usize::MAX, |bytes| bytes as usize);
    let (_result, result_to_come) = wit_future::new(|| Ok(()));
    let (mut body, trailers) = Response::consume_body(response, result_to_come);
    let mut count = 0;
    while count < most {
        let (state, bytes) = body.read(Vec::with_capacity(CHUNK.min(most - count))).await;
        count += bytes.len();
        if bytes.is_empty() && state == StreamResult::Dropped {
            let trailers = trailers.await.map(|fields| fields.map(|fields| fields.copy_all()));
            return format!("{status} {count} {trailers:?}");
        }
    }
    format!("{status} {count} enough")
}

/// Gets an answer that it does not read, and keeps it for `ms`.
async fn hold(sent: Result<Response, ErrorCode>, query: &Query) -> String {
    match sent {
        Ok(response) => {
            wait_for(query.number("ms").unwrap_or(0) * MILLISECOND).await;
            response.get_status_code().to_string()
        }
        Err(error) => format!("{error:?}"),
    }
}

/// Sends what the query says, with the body of the request where it says so.
async fn send(request: Request, query: &Query) -> Result<Response, ErrorCode> {
    let method = query.text("method").map_or_else(|| request.get_method(), |name| Method::Other(name.to_owned()));
    let headers = fields(&query.fields("h"))?;
    let trailers_to_send = query.fields("t");
    let own_trailers = if trailers_to_send.is_empty() { None } else { Some(fields(&trailers_to_send)?) };
    let options = options(query);
    let (outgoing, _sent) = if query.text("body").is_some() {
        let (result, result_to_come) = wit_future::new(|| Ok(()));
        let (body, trailers) = Request::consume_body(request, result_to_come);
        drop(result);
        Request::new(headers, Some(body), trailers, Some(options))
    } else if let Some(text) = query.text("text") {
        let (mut body, contents) = wit_stream::new();
        let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
        let text = text.to_owned();
        wit_bindgen::spawn_local(async move {
            body.write_all(text.into_bytes()).await;
            drop(body);
            let _ = trailers.write(Ok(own_trailers)).await;
        });
        Request::new(headers, Some(contents), trailers_to_come, Some(options))
    } else {
        let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
        drop(trailers);
        Request::new(headers, None, trailers_to_come, Some(options))
    };
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
    client::send(outgoing).await
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

fn text(status: u16, text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    response.set_status_code(status).expect("the status is right");
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
