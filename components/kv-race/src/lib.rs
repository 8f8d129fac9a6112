//! Two ways to count: `POST /race/<name>` reads, adds one and writes, which loses counts when two do it at once;
//! `POST /cas/<name>` swaps, which loses none.

use guest_http::{Method, Request, Response};
use wasi::keyvalue::atomics::{self, Cas, CasError};
use wasi::keyvalue::store::{self, Bucket, Error};

wit_bindgen::generate!({
    world: "kvasi:kv-race/kv-race",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft2", "../../wit/worlds/kv-race.wit"],
    generate_all,
});

guest_http::serve!(handle);

const IDENTIFIER: &str = "counters";
/// How often a swap is tried again when others are faster.
const MOST_TRIES: u32 = 1000;

fn handle(request: &Request) -> Response {
    if !matches!(request.method(), Method::Post) {
        return Response::text(405, "The method must be POST\n");
    }
    let add = match request.path().strip_prefix('/').and_then(|path| path.split_once('/')) {
        Some(("race", name)) => store::open(IDENTIFIER).and_then(|bucket| add_racily(&bucket, name)),
        Some(("cas", name)) => store::open(IDENTIFIER).and_then(|bucket| add_by_swap(&bucket, name)),
        _ => return Response::text(404, "There is POST /race/<name> and POST /cas/<name>\n"),
    };
    match add {
        Ok(count) => Response::text(200, format!("{count}\n")),
        Err(error) => Response::text(500, format!("{error}\n")),
    }
}

/// Whoever writes between the read and the write is overwritten.
fn add_racily(bucket: &Bucket, name: &str) -> Result<u64, Error> {
    let count = number(bucket.get(name)?) + 1;
    bucket.set(name, count.to_string().as_bytes())?;
    Ok(count)
}

fn add_by_swap(bucket: &Bucket, name: &str) -> Result<u64, Error> {
    let mut cas = Cas::new(bucket, name)?;
    for _ in 0..MOST_TRIES {
        let count = number(cas.current()?) + 1;
        match atomics::swap(cas, count.to_string().as_bytes()) {
            Ok(()) => return Ok(count),
            Err(CasError::CasFailed(fresh)) => cas = fresh,
            Err(CasError::StoreError(error)) => return Err(error),
        }
    }
    Err(Error::Other("others count all the time; try again".to_owned()))
}

/// What is no number counts as none.
fn number(stored: Option<Vec<u8>>) -> u64 {
    stored.and_then(|bytes| String::from_utf8(bytes).ok()?.parse().ok()).unwrap_or(0)
}
