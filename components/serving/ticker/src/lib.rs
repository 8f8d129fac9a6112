//! A service that counts the tenths of a second that it has run, and tells how many there were to whoever asks: the
//! count is in the memory of the one instance that runs. `/end?status` ends it.

use std::cell::Cell;

use exports::wasi::cli::run::Guest as Run;
use exports::wasi::http::handler::Guest as Handler;
use wasi::clocks::monotonic_clock::wait_for;
use wasi::http::types::{ErrorCode, Fields, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:ticker/ticker",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/worlds/ticker.wit",
    ],
    generate_all,
});

const TENTH: u64 = 100_000_000;

thread_local! {
    static TICKS: Cell<u32> = const { Cell::new(0) };
    static REQUESTS: Cell<u32> = const { Cell::new(0) };
    static END: Cell<Option<Result<(), ()>>> = const { Cell::new(None) };
}

struct Ticker;

export!(Ticker);

impl Run for Ticker {
    async fn run() -> Result<(), ()> {
        loop {
            wait_for(TENTH).await;
            TICKS.set(TICKS.get() + 1);
            if let Some(end) = END.take() {
                return end;
            }
        }
    }
}

impl Handler for Ticker {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let path = request.get_path_with_query().unwrap_or_default();
        REQUESTS.set(REQUESTS.get() + 1);
        match path.as_str() {
            "/end" => END.set(Some(Ok(()))),
            "/fail" => END.set(Some(Err(()))),
            "/trap" => panic!("as asked"),
            "/wait" => wait_for(3 * TENTH).await,
            _ => {}
        }
        Ok(text(format!("{} ticks, request {}\n", TICKS.get(), REQUESTS.get())))
    }
}

fn text(text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(text.into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
