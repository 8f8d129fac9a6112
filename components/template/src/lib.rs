//! An HTTP handler that keeps values in `wasi:keyvalue`.
//!
//! What it answers is in `answer.rs` and tested with `cargo test`; what makes it a component is in `component.rs`.

pub mod answer;

#[cfg(target_family = "wasm")]
mod component;
