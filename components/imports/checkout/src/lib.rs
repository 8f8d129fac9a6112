//! Answers requests with what `acme:payments/api` does, which no host knows:
//!
//! - `/charge`: `card`, `cents`, `currency`, `express`; `calls` for several times
//! - `/rate`: `currency`
//! - `/account`: `owner`, `deposit` any number of times; ends it
//! - `/open`: `owner`, by the static function
//! - `/merge`: of two accounts of the `owner`
//! - `/leave`: an account of the `owner` that is never dropped

use crate::acme::payments::api::{self, Account, Currency, Money, Options, Refusal};
use guest_http::{Request, Response};

wit_bindgen::generate!({
    world: "kvasi:checkout/checkout",
    path: ["../../../wit/acme-payments@1.0.0", "../../../wit/worlds/checkout.wit"],
    generate_all,
});

guest_http::serve!(handle);

fn handle(request: &Request) -> Response {
    let query = |name: &str| request.query(name).unwrap_or_default();
    match request.path() {
        "/charge" => {
            let amount = money(&query("cents"), &query("currency"));
            let options = if query("express").is_empty() { Options::empty() } else { Options::EXPRESS };
            charge(&query("card"), amount, options, query("calls").parse().unwrap_or(1))
        }
        "/rate" => Response::text(200, format!("{}\n", api::rate(currency(&query("currency"))))),
        "/account" => account(&query("owner"), &query("deposits")),
        "/open" => match Account::open(&query("owner")) {
            Ok(account) => Response::text(200, format!("{}\n", account.balance())),
            Err(why) => Response::text(403, format!("{why}\n")),
        },
        "/merge" => merge(&query("owner")),
        "/leave" => {
            let account = Account::new(&query("owner"));
            let balance = account.balance();
            core::mem::forget(account);
            Response::text(200, format!("{balance}\n"))
        }
        path => Response::text(404, format!("there is no {path}\n")),
    }
}

fn currency(name: &str) -> Currency {
    if name == "usd" { Currency::Usd } else { Currency::Eur }
}

fn money(cents: &str, currency_name: &str) -> Money {
    Money { cents: cents.parse().unwrap_or(100), currency: currency(currency_name) }
}

fn charge(card: &str, amount: Money, options: Options, calls: u32) -> Response {
    let mut last = Response::text(200, "nothing\n");
    for _ in 0..calls {
        last = match api::charge(card, amount, options) {
            Ok(receipt) => Response::text(
                200,
                format!(
                    "{} {} {:?} {:?} {:?} {:?}\n",
                    receipt.id,
                    receipt.paid.cents,
                    receipt.paid.currency,
                    receipt.note,
                    receipt.digest,
                    receipt.lines
                ),
            ),
            Err(Refusal::Declined(why)) => Response::text(402, format!("declined: {why}\n")),
            Err(Refusal::TooMuch(most)) => Response::text(422, format!("at most {}\n", most.cents)),
            Err(Refusal::Unavailable) => Response::text(503, "unavailable\n"),
        };
    }
    last
}

fn account(owner: &str, deposits: &str) -> Response {
    let account = Account::new(owner);
    for cents in deposits.split(',').filter(|text| !text.is_empty()) {
        if let Err(refusal) = account.deposit(money(cents, "eur")) {
            return Response::text(422, format!("{refusal:?}\n"));
        }
    }
    let history: Vec<u64> = api::history(&account).iter().map(|money| money.cents).collect();
    let balance = account.balance();
    Response::text(200, format!("{balance} {history:?} {}\n", api::close(account)))
}

fn merge(owner: &str) -> Response {
    let (first, second) = (Account::new(owner), Account::new(owner));
    let both = [(&first, "30"), (&second, "12")];
    for (account, cents) in both {
        if let Err(refusal) = account.deposit(money(cents, "eur")) {
            return Response::text(422, format!("{refusal:?}\n"));
        }
    }
    let merged = api::merge(&[&first, &second]);
    drop(first);
    Response::text(200, format!("{} {}\n", merged.balance(), second.balance()))
}
