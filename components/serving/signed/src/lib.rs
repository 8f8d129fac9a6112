//! Hands each request to the next handler, and signs the answer with a header.

use exports::wasi::http::handler::Guest;
use wasi::http::handler;
use wasi::http::types::{ErrorCode, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:signed/signed",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/worlds/signed.wit",
    ],
    generate_all,
});

struct Signed;

export!(Signed);

impl Guest for Signed {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let response = handler::handle(request).await?;
        let status = response.get_status_code();
        let headers = response.get_headers().clone();
        headers
            .append("x-signed-by", b"signed")
            .map_err(|error| ErrorCode::InternalError(Some(format!("{error:?}"))))?;
        let (result, result_to_come) = wit_future::new(|| Ok(()));
        let (body, trailers) = Response::consume_body(response, result_to_come);
        drop(result);
        let (signed, _sent) = Response::new(headers, Some(body), trailers);
        signed.set_status_code(status).expect("a received status is right");
        Ok(signed)
    }
}
