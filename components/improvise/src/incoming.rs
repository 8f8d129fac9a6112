//! Requests and their bodies.

use crate::instruction::Instruction;
use guest_http::bindings::wasi::http::types::{FutureTrailers, IncomingBody, IncomingRequest};

pub fn call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "incoming-request.read-all" => {
            let request = i.lend::<IncomingRequest>();
            format!(
                "{:?} {:?} {:?} {:?}",
                request.method(),
                request.path_with_query().map(|path| path.len()),
                request.scheme(),
                request.authority().is_some()
            )
        }
        "incoming-request.headers" => {
            let (to, request) = (i.register(), i.lend::<IncomingRequest>());
            i.keep(to, request.headers());
            String::new()
        }
        "incoming-request.consume" => {
            let (to, request) = (i.register(), i.lend::<IncomingRequest>());
            match request.consume() {
                Ok(body) => {
                    i.keep(to, body);
                    "ok".to_owned()
                }
                Err(()) => "taken".to_owned(),
            }
        }
        "incoming-body.stream" => {
            let (to, body) = (i.register(), i.lend::<IncomingBody>());
            match body.stream() {
                Ok(stream) => {
                    i.keep(to, stream);
                    "ok".to_owned()
                }
                Err(()) => "taken".to_owned(),
            }
        }
        "incoming-body.finish" => {
            let (to, body) = (i.register(), i.give());
            i.keep(to, IncomingBody::finish(body));
            String::new()
        }
        "future-trailers.subscribe" => {
            let (to, future) = (i.register(), i.lend::<FutureTrailers>());
            i.keep(to, future.subscribe());
            String::new()
        }
        "future-trailers.get" => {
            let (to, future) = (i.register(), i.lend::<FutureTrailers>());
            match future.get() {
                Some(Ok(Ok(Some(trailers)))) => {
                    i.keep(to, trailers);
                    "trailers".to_owned()
                }
                Some(Ok(Ok(None))) => "none".to_owned(),
                other => format!("{:?}", other.map(|result| result.map(|result| result.map(drop)))),
            }
        }
        _ => return None,
    };
    Some(said)
}
