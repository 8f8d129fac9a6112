//! Handles as the numbers that they are, so that a wrong one can be used, too.

use crate::bindings::wasi::keyvalue::store::Bucket;
use guest_http::bindings::wasi::http::types::{
    Fields, FutureIncomingResponse, FutureTrailers, IncomingBody, IncomingRequest, IncomingResponse,
    OutgoingBody, OutgoingRequest, OutgoingResponse, RequestOptions, ResponseOutparam,
};
use guest_http::bindings::wasi::io::poll::Pollable;
use guest_http::bindings::wasi::io::streams::{InputStream, OutputStream};

/// A resource of the host.
pub trait Handle {
    /// Whatever this number is, it is used as a handle of this kind.
    fn of(number: u32) -> Self;
    /// The number, which nobody drops from here on.
    fn number(self) -> u32;
}

macro_rules! handles {
    ($($name:ident)*) => {$(
        impl Handle for $name {
            fn of(number: u32) -> Self {
                // A number that is no such handle is what the host is to be tried with.
                unsafe { Self::from_handle(number) }
            }

            fn number(self) -> u32 {
                self.take_handle()
            }
        }
    )*};
}

handles! {
    Bucket Fields FutureIncomingResponse FutureTrailers IncomingBody IncomingRequest IncomingResponse InputStream
    OutgoingBody OutgoingRequest OutgoingResponse OutputStream Pollable RequestOptions ResponseOutparam
}
