//! Serves prices to other components, and says what it sees of the world.

use crate::exports::acme::pricing::insight;
use crate::exports::acme::pricing::quotes::{self, Basket, BasketBorrow, GuestBasket, Quote, Refusal};
use std::cell::RefCell;
use std::sync::atomic::{AtomicU32, Ordering};
use wasi::cli::environment::get_environment;
use wasi::keyvalue::{atomics, store};

wit_bindgen::generate!({
    world: "kvasi:pricing/pricing",
    path: [
        "../../../wit/wasi-io@0.2.12",
        "../../../wit/wasi-clocks@0.2.12",
        "../../../wit/wasi-random@0.2.12",
        "../../../wit/wasi-filesystem@0.2.12",
        "../../../wit/wasi-sockets@0.2.12",
        "../../../wit/wasi-cli@0.2.12",
        "../../../wit/wasi-config@0.2.0-rc.1",
        "../../../wit/wasi-keyvalue@0.2.0-draft",
        "../../../wit/acme-pricing@1.2.0",
        "../../../wit/worlds/pricing.wit",
    ],
    generate_all,
});

struct Component;
export!(Component);

static SERVED: AtomicU32 = AtomicU32::new(0);

impl quotes::Guest for Component {
    type Basket = OpenBasket;

    fn price(item: String, count: u32) -> Result<Quote, Refusal> {
        SERVED.fetch_add(1, Ordering::Relaxed);
        match price_list::price(item, count) {
            Ok(price_list::Quote { item, count, cents }) => Ok(Quote { item, count, cents }),
            Err(price_list::Refusal::UnknownItem(item)) => Err(Refusal::UnknownItem(item)),
            Err(price_list::Refusal::TooMany(most)) => Err(Refusal::TooMany(most)),
        }
    }

    fn checkout(basket: Basket) -> String {
        let basket = basket.into_inner::<OpenBasket>();
        format!("{} pays {}", basket.owner, basket.total())
    }

    fn sum(baskets: Vec<BasketBorrow<'_>>) -> u64 {
        baskets.iter().map(|basket| basket.get::<OpenBasket>().total()).sum()
    }
}

struct OpenBasket {
    owner: String,
    quotes: RefCell<Vec<Quote>>,
}

impl GuestBasket for OpenBasket {
    fn new(owner: String) -> Self {
        Self { owner, quotes: RefCell::default() }
    }

    fn add(&self, quote: Quote) -> u32 {
        let mut quotes = self.quotes.borrow_mut();
        quotes.push(quote);
        quotes.len() as u32
    }

    fn total(&self) -> u64 {
        self.quotes.borrow().iter().map(|quote| quote.cents).sum()
    }
}

impl insight::Guest for Component {
    fn served() -> u32 {
        SERVED.load(Ordering::Relaxed)
    }

    fn environment() -> Vec<(String, String)> {
        get_environment()
    }

    fn setting(key: String) -> Option<String> {
        wasi::config::store::get(&key).ok().flatten()
    }

    fn count(name: String) -> Result<u64, String> {
        let bucket = store::open("prices").map_err(|error| error.to_string())?;
        atomics::increment(&bucket, &name, 1).map_err(|error| error.to_string())
    }

    fn panic(reason: String) {
        give_up(&reason);
    }
}

#[inline(never)]
fn give_up(_reason: &str) -> ! {
    core::arch::wasm32::unreachable()
}
