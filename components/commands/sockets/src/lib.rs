//! Calls `wasi:sockets`: each line of a request's body is a call, and so are the arguments of the command. Without arguments the
//! command is an echo server on the port of the variable `PORT`, for TCP and UDP.

mod calls;

use exports::wasi::cli::run;
use exports::wasi::http::incoming_handler;
use wasi::cli::{environment, stdout};
use wasi::http::types::{
    Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam,
};

wit_bindgen::generate!({
    world: "kvasi:sockets/sockets",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-http@0.2.12",
        "../../../wit/worlds/sockets.wit",
    ],
    generate_all,
});

struct Sockets;

export!(Sockets);

impl run::Guest for Sockets {
    fn run() -> Result<(), ()> {
        let arguments = environment::get_arguments();
        let words: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
        let result = if words.is_empty() { calls::serve(port()) } else { calls::call(&words) };
        let (text, failed) = match &result {
            Ok(text) => (text.clone(), false),
            Err(code) => (format!("error {}", code.name()), true),
        };
        let _ = stdout::get_stdout().blocking_write_and_flush(format!("{text}\n").as_bytes());
        if failed { Err(()) } else { Ok(()) }
    }
}

impl incoming_handler::Guest for Sockets {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let mut script = Vec::new();
        if let Ok(body) = request.consume() {
            if let Ok(stream) = body.stream() {
                while let Ok(bytes) = stream.blocking_read(65_536) {
                    script.extend(bytes);
                }
            }
        }
        let answers: String = String::from_utf8_lossy(&script)
            .lines()
            .map(|line| {
                let words: Vec<&str> = line.split(' ').collect();
                match calls::call(&words) {
                    Ok(text) => format!("{text}\n"),
                    Err(code) => format!("error {}\n", code.name()),
                }
            })
            .collect();
        let response = OutgoingResponse::new(Fields::new());
        let Ok(body) = response.body() else { return };
        ResponseOutparam::set(out, Ok(response));
        if let Ok(stream) = body.write() {
            for chunk in answers.as_bytes().chunks(4096) {
                let _ = stream.blocking_write_and_flush(chunk);
            }
        }
        let _ = OutgoingBody::finish(body, None);
    }
}

fn port() -> u16 {
    let variables = environment::get_environment();
    let given = variables.iter().find(|(name, _)| name == "PORT");
    given.and_then(|(_, value)| value.parse().ok()).unwrap_or(7777)
}
