//! The same prices as `storefront` answers, without another component.

use guest_http::{Request, Response};
use price_list::{Quote, Refusal};

guest_http::serve!(handle);

fn handle(request: &Request) -> Response {
    let query = |name: &str| request.query(name).unwrap_or_default();
    match request.path() {
        "/" => Response::text(200, "prices\n"),
        "/quote" => quote(&query("item"), query("count").parse().unwrap_or(1)),
        "/quotes" => quotes_of(query("calls").parse().unwrap_or(1)),
        path => Response::text(404, format!("there is no {path}\n")),
    }
}

fn quote(item: &str, count: u32) -> Response {
    match price_list::price(item.to_owned(), count) {
        Ok(Quote { item, count, cents }) => Response::text(200, format!("{count} {item}: {cents}\n")),
        Err(Refusal::UnknownItem(item)) => Response::text(404, format!("no {item} is sold\n")),
        Err(Refusal::TooMany(most)) => Response::text(422, format!("at most {most} are sold\n")),
    }
}

fn quotes_of(calls: u32) -> Response {
    let sum: u64 = (0..calls)
        .map(|index| price_list::price("tea".to_owned(), index % 7).map_or(0, |quote| quote.cents))
        .sum();
    Response::text(200, format!("{sum}\n"))
}
