//! More of the host than a request should have.

use crate::bindings::wasi::clocks::monotonic_clock::{subscribe_duration, subscribe_instant};
use crate::exchange::Exchange;
use guest_http::bindings::wasi::http::types::{Fields, OutgoingResponse};
use guest_http::bindings::wasi::io::poll;

pub fn fields(exchange: Exchange) {
    let value = vec![b'x'; exchange.number("kib").unwrap_or(1024) as usize * 1024];
    let count = exchange.number("count").unwrap_or(1);
    let all: Vec<Fields> = (0..exchange.number("times").unwrap_or(1))
        .map(|_| {
            let fields = Fields::new();
            for _ in 0..count {
                fields.append("x", &value).expect("the value is valid");
            }
            fields
        })
        .collect();
    exchange.answer(200, &format!("{} of {count}\n", all.len()));
}

pub fn handles(exchange: Exchange) {
    let all: Vec<_> = (0..count(&exchange, 1_000_000)).map(|_| subscribe_instant(0)).collect();
    exchange.answer(200, &format!("{}\n", all.len()));
}

pub fn bodies(exchange: Exchange) {
    let part = vec![b'x'; 1024 * 1024];
    let all: Vec<_> = (0..count(&exchange, 1000))
        .map(|_| {
            let response = OutgoingResponse::new(Fields::new());
            let body = response.body().expect("the body is taken once");
            let stream = body.write().expect("the stream is taken once");
            for _ in 0..2 {
                let _ = stream.check_write();
                let _ = stream.write(&part);
            }
            (stream, body, response)
        })
        .collect();
    exchange.answer(200, &format!("{}\n", all.len()));
}

pub fn poll(exchange: Exchange) {
    let never = subscribe_duration(u64::MAX);
    let soon = subscribe_duration(1_000_000);
    let mut list = vec![&never; count(&exchange, 1_000_000) as usize];
    list.push(&soon);
    let ready = poll::poll(&list);
    exchange.answer(200, &format!("{ready:?}\n"));
}

pub fn timers(exchange: Exchange) {
    for _ in 0..count(&exchange, 1) {
        let never = subscribe_duration(u64::MAX);
        let soon = subscribe_duration(1);
        poll::poll(&[&never, &soon]);
        std::mem::forget(never);
    }
    exchange.answer(200, "left behind\n");
}

fn count(exchange: &Exchange, unless_told: u64) -> u64 {
    exchange.number("count").unwrap_or(unless_told)
}
