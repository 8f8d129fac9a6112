//! Standard output and error.

use crate::bindings::wasi::cli::{stderr, stdout};
use crate::exchange::Exchange;
use std::panic::PanicHookInfo;

pub fn stdio(exchange: Exchange) {
    let out = stdout::get_stdout();
    let err = stderr::get_stderr();
    for part in ["a line on stdout\n", "a line in ", "two parts\n", "two lines\nat once\n", "no line end"] {
        let _ = out.blocking_write_and_flush(part.as_bytes());
    }
    let _ = err.blocking_write_and_flush(b"a line on stderr\n");
    exchange.answer(200, "written\n");
}

pub fn print(exchange: Exchange) {
    let out = stdout::get_stdout();
    let line = [b"x".repeat(1023), b"\n".to_vec()].concat();
    for _ in 0..exchange.number("mib").unwrap_or(1) * 1024 {
        let _ = out.blocking_write_and_flush(&line);
    }
    exchange.answer(200, "printed\n");
}

/// Without WASI's libc, std has no stderr of its own to say why it panics.
pub fn report_panic(info: &PanicHookInfo) {
    let _ = stderr::get_stderr().blocking_write_and_flush(format!("{info}\n").as_bytes());
}
