//! Every operation of `wasi:blobstore` as an HTTP request: `/<operation>?container=…&object=…`. Bodies are streamed.

mod body;
mod operations;

use body::{answer, stream_to};
use exports::wasi::http::incoming_handler::Guest;
use operations::{Answer, Parameters};
use wasi::http::types::{IncomingRequest, ResponseOutparam};

wit_bindgen::generate!({
    world: "kvasi:blob-probe/blob-probe",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-http@0.2.12",
        "../../../wit/wasi-blobstore@0.2.0-draft",
        "../../../wit/worlds/blob-probe.wit",
    ],
    generate_all,
});

struct Component;

export!(Component);

impl Guest for Component {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let parameters = Parameters::new(query);
        match operations::run(path.trim_start_matches('/'), &parameters, &request) {
            Ok(Answer::Json(value)) => answer(out, 200, value.to_string().as_bytes()),
            Ok(Answer::Stream(stream, size)) => stream_to(out, &stream, size),
            Ok(Answer::Bytes(bytes)) => answer(out, 200, &bytes),
            Err(message) => answer(out, 409, message.as_bytes()),
        }
    }
}
