//! The HTTP side of a component that answers each request with one buffered body.
//!
//! A component writes `fn handle(request: &Request) -> Response` and names it in [`serve!`].

pub mod bindings;
mod request;
mod response;
pub mod url;

pub use bindings::wasi::http::types::Method;
pub use request::Request;
pub use response::Response;

/// Exports `wasi:http/incoming-handler` with the given function as the handler.
#[macro_export]
macro_rules! serve {
    ($handle:path) => {
        struct Component;

        impl $crate::bindings::exports::wasi::http::incoming_handler::Guest for Component {
            fn handle(
                request: $crate::bindings::wasi::http::types::IncomingRequest,
                outparam: $crate::bindings::wasi::http::types::ResponseOutparam,
            ) {
                $handle(&$crate::Request::new(request)).send(outparam);
            }
        }

        $crate::bindings::export!(Component with_types_in $crate::bindings);
    };
}
