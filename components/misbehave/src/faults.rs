//! Handlers that fail, or never end.

use crate::bindings::wasi::cli::exit;
use crate::bindings::wasi::clocks::monotonic_clock::{self, subscribe_duration};
use crate::exchange::Exchange;
use guest_http::bindings::wasi::http::types::{ErrorCode, ResponseOutparam};
use std::hint::black_box;
use std::sync::atomic::{AtomicU32, Ordering};

const MIB: usize = 1024 * 1024;

pub fn trap(_: Exchange) {
    panic!("misbehave panics because it was asked to");
}

pub fn trap_late(exchange: Exchange) {
    let answer = exchange.start(200, &[]);
    let _ = answer.write_now("the first part\n");
    panic!("misbehave panics in the middle of its answer");
}

pub fn spin(_: Exchange) {
    let mut rounds = 0_u64;
    loop {
        rounds = black_box(rounds.wrapping_add(1));
    }
}

pub fn compute(exchange: Exchange) {
    let end = monotonic_clock::now() + exchange.number("ms").unwrap_or(5) * 1_000_000;
    while monotonic_clock::now() < end {
        for round in 0..1000_u64 {
            black_box(round);
        }
    }
    exchange.answer(200, "computed\n");
}

pub fn memory(exchange: Exchange) {
    let wanted = exchange.number("mib").unwrap_or(u64::MAX);
    let mut blocks = Vec::new();
    while (blocks.len() as u64) < wanted {
        // Not zero, so that the pages are really used.
        blocks.push(black_box(vec![1_u8; MIB]));
    }
    if let Some(ms) = exchange.number("ms") {
        subscribe_duration(ms * 1_000_000).block();
    }
    exchange.answer(200, &format!("{} MiB\n", black_box(blocks).len()));
}

pub fn recursion(exchange: Exchange) {
    let depth = recurse(exchange.number("depth").unwrap_or(u64::MAX));
    exchange.answer(200, &format!("{depth}\n"));
}

#[inline(never)]
fn recurse(depth: u64) -> u64 {
    match depth {
        0 => 0,
        _ => black_box(recurse(black_box(depth - 1))) + 1,
    }
}

pub fn hang(exchange: Exchange) {
    let answer = exchange.start(200, &[]);
    let _ = answer.write_now("the first part\n");
    wait_forever();
}

pub fn sleep(exchange: Exchange) {
    match exchange.number("ms") {
        Some(ms) => subscribe_duration(ms * 1_000_000).block(),
        None => wait_forever(),
    }
    exchange.answer(200, "awake\n");
}

fn wait_forever() {
    loop {
        subscribe_duration(u64::MAX).block();
    }
}

pub fn drop_outparam(exchange: Exchange) {
    drop(exchange);
}

pub fn drop_body(exchange: Exchange) {
    let answer = exchange.start(200, &[]);
    let _ = answer.write_now("the first part\n");
    drop(answer);
}

pub fn short_body(exchange: Exchange) {
    exchange.start(200, &[("content-length", b"100")]).finish_with("far less\n");
}

pub fn error(exchange: Exchange) {
    let code = ErrorCode::InternalError(Some("misbehave was asked to fail".to_owned()));
    ResponseOutparam::set(exchange.outparam, Err(code));
}

pub fn exit(_: Exchange) {
    exit::exit(Err(()));
}

/// `exit(ok)` is a good end, whatever of the answer is there.
pub fn exit_well(exchange: Exchange) {
    match exchange.query("when").as_deref() {
        Some("before") => {}
        Some("during") => {
            let answer = exchange.start(200, &[]);
            let _ = answer.write_now("all that there is\n");
            std::mem::forget(answer);
        }
        _ => exchange.answer(200, "all of it\n"),
    }
    exit::exit(Ok(()));
}

/// Answers 1 as long as each request has its own instance.
pub fn leak(exchange: Exchange) {
    static REQUESTS: AtomicU32 = AtomicU32::new(0);
    let count = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
    Box::leak(black_box(vec![1_u8; MIB]).into_boxed_slice());
    exchange.answer(200, &format!("{count}\n"));
}
