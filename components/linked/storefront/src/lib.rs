//! Answers requests with prices that another component serves.

use crate::acme::pricing::insight;
use crate::acme::pricing::quotes::{self, Basket, Quote, Refusal};
use guest_http::{Request, Response};
use wasi::cli::environment::get_environment;
use wasi::keyvalue::{atomics, store};

wit_bindgen::generate!({
    world: "kvasi:storefront/storefront",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/acme-pricing@1.2.0",
        "../../../wit/worlds/storefront.wit",
    ],
    generate_all,
});

guest_http::serve!(handle);

fn handle(request: &Request) -> Response {
    let query = |name: &str| request.query(name).unwrap_or_default();
    match request.path() {
        "/" => Response::text(200, "prices\n"),
        "/quote" => quote(&query("item"), query("count").parse().unwrap_or(1)),
        "/quotes" => quotes_of(query("calls").parse().unwrap_or(1)),
        "/basket" => basket(&query("owner")),
        "/sell" => sell(&query("item")),
        "/served" => Response::text(200, format!("{}\n", insight::served())),
        "/environment" => environment(),
        "/setting" => Response::text(200, format!("{:?}\n", insight::setting(&query("key")))),
        "/panic-there" => {
            insight::panic("asked to");
            Response::text(500, "it goes on\n")
        }
        "/panic-here" => {
            insight::served();
            stumble()
        }
        path => Response::text(404, format!("there is no {path}\n")),
    }
}

fn quote(item: &str, count: u32) -> Response {
    match quotes::price(item, count) {
        Ok(Quote { item, count, cents }) => Response::text(200, format!("{count} {item}: {cents}\n")),
        Err(Refusal::UnknownItem(item)) => Response::text(404, format!("no {item} is sold\n")),
        Err(Refusal::TooMany(most)) => Response::text(422, format!("at most {most} are sold\n")),
    }
}

fn quotes_of(calls: u32) -> Response {
    let sum: u64 = (0..calls)
        .map(|index| quotes::price("tea", index % 7).map_or(0, |quote| quote.cents))
        .sum();
    Response::text(200, format!("{sum}\n"))
}

fn basket(owner: &str) -> Response {
    let first = Basket::new(owner);
    let second = Basket::new("nobody");
    let mut count = 0;
    for (item, number) in [("apple", 4), ("tea", 10)] {
        if let Ok(quote) = quotes::price(item, number) {
            count = first.add(&quote);
        }
    }
    if let Ok(quote) = quotes::price("bread", 1) {
        second.add(&quote);
    }
    let sum = quotes::sum(&[&first, &second]);
    let total = first.total();
    Response::text(200, format!("{count} quotes, {total} of {sum}, {}\n", quotes::checkout(first)))
}

/// Counts what is sold, here and at the other component.
fn sell(item: &str) -> Response {
    let here = store::open("sales")
        .and_then(|bucket| atomics::increment(&bucket, item, 1))
        .map_err(|error| error.to_string());
    let there = insight::count(item);
    match (here, there) {
        (Ok(here), Ok(there)) => Response::text(200, format!("{here} {there}\n")),
        (here, there) => Response::text(500, format!("{here:?} {there:?}\n")),
    }
}

fn environment() -> Response {
    let listed = |variables: Vec<(String, String)>| -> String {
        let mut lines: Vec<String> =
            variables.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        lines.sort();
        lines.join(" ")
    };
    let (here, there) = (listed(get_environment()), listed(insight::environment()));
    Response::text(200, format!("here: {here}\nthere: {there}\n"))
}

#[inline(never)]
fn stumble() -> Response {
    core::arch::wasm32::unreachable()
}
