//! Answers calls of gRPC as a server of it does: `…/Echo` with the messages that it gets, as they come, whatever they
//! are; `…/Refuse` with an error alone, which has no message; and anything else with `unimplemented`.

use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:greeter/greeter",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/worlds/greeter.wit",
    ],
    generate_all,
});

struct Greeter;

export!(Greeter);

impl Guest for Greeter {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let path = request.get_path_with_query().unwrap_or_default();
        match path.rsplit('/').next() {
            Some("Echo") => Ok(echo(request)),
            Some("Refuse") => Ok(refusal("5", "no such greeting")),
            _ => Ok(refusal("12", "no such method")),
        }
    }
}

fn echo(request: Request) -> Response {
    let (result, result_to_come) = wit_future::new(|| Ok(()));
    let (body, _trailers) = Request::consume_body(request, result_to_come);
    drop(result);
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(fields(&[]), Some(body), trailers_to_come);
    let status = Fields::from_list(&[("grpc-status".to_owned(), b"0".to_vec())]).expect("the trailers are right");
    wit_bindgen::spawn_local(async move {
        let _ = trailers.write(Ok(Some(status))).await;
    });
    response
}

fn refusal(status: &str, message: &str) -> Response {
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    drop(trailers);
    let headers = fields(&[("grpc-status", status), ("grpc-message", message)]);
    Response::new(headers, None, trailers_to_come).0
}

fn fields(further: &[(&str, &str)]) -> Fields {
    let all = [&[("content-type", "application/grpc")], further].concat();
    let entries: Vec<_> =
        all.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    Fields::from_list(&entries).expect("the headers are right")
}
