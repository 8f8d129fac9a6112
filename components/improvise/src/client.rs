//! Requests of the component's own, which the host may deny.

use crate::bindings::wasi::http::outgoing_handler;
use crate::instruction::Instruction;
use guest_http::bindings::wasi::http::types::{
    FutureIncomingResponse, Method, OutgoingRequest, RequestOptions, Scheme,
};

pub fn call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "outgoing-request.new" => {
            let (to, headers) = (i.register(), i.give());
            i.keep(to, OutgoingRequest::new(headers));
            String::new()
        }
        "outgoing-request.set-all" => {
            let request = i.lend::<OutgoingRequest>();
            let (method, path, scheme, authority) = (i.text(), i.text(), i.text(), i.text());
            format!(
                "{:?} {:?} {:?} {:?}",
                request.set_method(&Method::Other(method)),
                request.set_path_with_query(Some(&path)),
                request.set_scheme(Some(&Scheme::Other(scheme))),
                request.set_authority(Some(&authority))
            )
        }
        "outgoing-request.body" => {
            let (to, request) = (i.register(), i.lend::<OutgoingRequest>());
            match request.body() {
                Ok(body) => {
                    i.keep(to, body);
                    "ok".to_owned()
                }
                Err(()) => "taken".to_owned(),
            }
        }
        "request-options.new" => {
            let to = i.register();
            let options = RequestOptions::new();
            let said = format!("{:?}", options.set_connect_timeout(Some(i.number())));
            i.keep(to, options);
            said
        }
        "outgoing-handler.handle" => {
            let (to, request, options) = (i.register(), i.give(), i.give_some());
            match outgoing_handler::handle(request, options) {
                Ok(future) => {
                    i.keep(to, future);
                    "ok".to_owned()
                }
                Err(code) => format!("{code:?}"),
            }
        }
        "future-incoming-response.subscribe" => {
            let (to, future) = (i.register(), i.lend::<FutureIncomingResponse>());
            i.keep(to, future.subscribe());
            String::new()
        }
        "future-incoming-response.get" => {
            let (to, future) = (i.register(), i.lend::<FutureIncomingResponse>());
            match future.get() {
                Some(Ok(Ok(response))) => {
                    i.keep(to, response);
                    "response".to_owned()
                }
                other => format!("{:?}", other.map(|result| result.map(|result| result.map(drop)))),
            }
        }
        _ => return None,
    };
    Some(said)
}
