//! Tells what it finds of earlier requests, then leaves as much behind as it can.

mod pattern;

use guest_http::bindings::wasi::http::types::Fields;
use guest_http::{Request, Response};
use std::cell::{Cell, RefCell};
use wasi::keyvalue::store::{self, Bucket};

wit_bindgen::generate!({
    world: "kvasi:hoarder/hoarder",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft", "../../wit/worlds/hoarder.wit"],
    generate_all,
});

guest_http::serve!(handle);

const PAGE: usize = 65536;
const LEAKED_HANDLES: usize = 5;
const GROWN_PAGES: usize = 16;
/// Far below what the stack of this component ever reaches.
const LOW_ADDRESS: usize = 4096;

thread_local! {
    static SEEN: Cell<u32> = const { Cell::new(0) };
    static BUCKET: RefCell<Option<Bucket>> = const { RefCell::new(None) };
}

fn handle(request: &Request) -> Response {
    let found = found();
    hide();
    if request.query("low").is_some() {
        pattern::write(LOW_ADDRESS as *mut u8);
    }
    if request.query("trap").is_some() {
        core::arch::wasm32::unreachable();
    }
    Response::json(200, found)
}

fn found() -> String {
    let pages = core::arch::wasm32::memory_size(0);
    let pattern = pattern::count(pages * PAGE);
    let seen = SEEN.get();
    let bucket = BUCKET.with_borrow(|bucket| bucket.is_some());
    let fields = Fields::new();
    let handle = fields.handle();
    format!("{{\"pattern\":{pattern},\"static\":{seen},\"bucket\":{bucket},\"pages\":{pages},\"handle\":{handle}}}\n")
}

fn hide() {
    SEEN.set(SEEN.get() + 1);
    let heap: &mut [u8; pattern::LENGTH] = Box::leak(Box::default());
    pattern::write(heap.as_mut_ptr());
    hide_in_stack(20);
    for _ in 0..LEAKED_HANDLES {
        std::mem::forget(Fields::new());
    }
    // A store that has to wait suspends the component here, in the middle of everything.
    if let Ok(bucket) = store::open("hoard") {
        let _ = bucket.set("hidden", b"something");
        BUCKET.set(Some(bucket));
    }
    let grown = core::arch::wasm32::memory_grow(0, GROWN_PAGES);
    if grown != usize::MAX {
        pattern::write((grown * PAGE) as *mut u8);
        pattern::write(((grown + GROWN_PAGES) * PAGE - pattern::LENGTH) as *mut u8);
    }
}

#[inline(never)]
fn hide_in_stack(depth: u32) {
    let mut frame = [0u8; 256];
    pattern::write(frame.as_mut_ptr());
    if depth > 0 {
        hide_in_stack(depth - 1);
    }
    std::hint::black_box(&frame);
}
