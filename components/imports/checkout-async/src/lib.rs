//! Answers requests with what `acme:payments` does, which no host knows:
//!
//! - `/charge`: `card`, `cents`
//! - `/append`: each `entry` of the query at once, with an asynchronous function
//! - `/account`: `owner`, `cents`

use crate::acme::payments::api::{self, Account, Currency, Money, Options};
use crate::acme::payments::ledger;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::Poll;
use exports::wasi::http::handler::Guest;
use wasi::http::types::{ErrorCode, Fields, Request, Response};

wit_bindgen::generate!({
    world: "kvasi:checkout-async/checkout-async",
    path: [
        "../../../wit/wasi-clocks@0.3.0",
        "../../../wit/wasi-random@0.3.0",
        "../../../wit/wasi-filesystem@0.3.0",
        "../../../wit/wasi-sockets@0.3.0",
        "../../../wit/wasi-cli@0.3.0",
        "../../../wit/wasi-http@0.3.0",
        "../../../wit/acme-payments@1.0.0",
        "../../../wit/worlds/checkout-async.wit",
    ],
    generate_all,
});

struct Checkout;

export!(Checkout);

impl Guest for Checkout {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let all = |name: &str| -> Vec<String> {
            let pairs = form_urlencoded::parse(query.as_bytes());
            pairs.filter(|(own, _)| own == name).map(|(_, value)| value.into_owned()).collect()
        };
        let first = |name: &str| all(name).into_iter().next().unwrap_or_default();
        let amount = Money { cents: first("cents").parse().unwrap_or(100), currency: Currency::Eur };
        let text = match path {
            "/charge" => format!("{:?}", api::charge(&first("card"), amount, Options::empty()).map(|receipt| receipt.id)),
            "/append" => format!("{:?}", append(all("entry")).await),
            "/account" => {
                let account = Account::new(&first("owner"));
                let deposited = account.deposit(amount);
                format!("{deposited:?} {}", api::close(account))
            }
            _ => "charge, append, account".to_owned(),
        };
        Ok(answer(text))
    }
}

/// Appends all of them at once, and answers in their order.
async fn append(entries: Vec<String>) -> Vec<Result<u32, String>> {
    let mut calls: Vec<Pin<Box<dyn Future<Output = Result<u32, String>>>>> =
        entries.into_iter().map(|entry| Box::pin(ledger::append(entry)) as Pin<Box<dyn Future<Output = _>>>).collect();
    let mut results: Vec<Option<Result<u32, String>>> = calls.iter().map(|_| None).collect();
    poll_fn(|context| {
        for (call, result) in calls.iter_mut().zip(&mut results) {
            if result.is_none() {
                if let Poll::Ready(value) = call.as_mut().poll(context) {
                    *result = Some(value);
                }
            }
        }
        if results.iter().all(Option::is_some) { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    results.into_iter().flatten().collect()
}

fn answer(text: String) -> Response {
    let (mut body, contents) = wit_stream::new();
    let (trailers, trailers_to_come) = wit_future::new(|| Ok(None));
    let (response, _sent) = Response::new(Fields::new(), Some(contents), trailers_to_come);
    wit_bindgen::spawn_local(async move {
        body.write_all(format!("{text}\n").into_bytes()).await;
        drop(body);
        let _ = trailers.write(Ok(None)).await;
    });
    response
}
