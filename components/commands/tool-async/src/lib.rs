//! A command of WASI 0.3: what it does is its first argument.

use exports::wasi::cli::run::Guest;
use wasi::cli::{environment, exit, stdin, stdout};
use wasi::clocks::monotonic_clock;
use wit_bindgen::StreamResult;

wit_bindgen::generate!({
    world: "kvasi:tool-async/tool-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/worlds/tool-async.wit",
    ],
    generate_all,
});

struct Tool;

export!(Tool);

impl Guest for Tool {
    async fn run() -> Result<(), ()> {
        let arguments = environment::get_arguments();
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        match words[1..] {
            ["arguments", ..] => print(arguments.join("\n")).await,
            ["cat"] => copy().await,
            ["exit", "ok"] => exit::exit(Ok(())),
            ["exit", "error"] => exit::exit(Err(())),
            ["exit", code] => exit::exit_with_code(code.parse().unwrap_or(99)),
            ["trap"] => core::arch::wasm32::unreachable(),
            ["sleep", seconds] => {
                monotonic_clock::wait_for(seconds.parse::<u64>().unwrap_or(0) * 1_000_000_000).await;
            }
            _ => return Err(()),
        }
        Ok(())
    }
}

async fn print(text: String) {
    let (mut out, contents) = wit_stream::new();
    let printed = stdout::write_via_stream(contents);
    out.write_all(format!("{text}\n").into_bytes()).await;
    drop(out);
    let _ = printed.await;
}

/// Passes standard input on as it comes.
async fn copy() {
    let (mut input, _read) = stdin::read_via_stream();
    let (mut out, contents) = wit_stream::new();
    let printed = stdout::write_via_stream(contents);
    loop {
        let (result, bytes) = input.read(Vec::with_capacity(65_536)).await;
        if !out.write_all(bytes).await.is_empty() || !matches!(result, StreamResult::Complete(_)) {
            break;
        }
    }
    drop(out);
    let _ = printed.await;
}
