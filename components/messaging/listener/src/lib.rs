//! Replies to each message with its own name, which the configuration gives it, and what it has heard.

use exports::wasmcloud::messaging::handler::Guest;
use wasi::config::store;
use wasmcloud::messaging::consumer;
use wasmcloud::messaging::types::BrokerMessage;

wit_bindgen::generate!({
    world: "kvasi:listener/listener",
    path: [
        "../../../wit/wasi-config@0.2.0-rc.1",
        "../../../wit/wasmcloud-messaging@0.2.0",
        "../../../wit/worlds/listener.wit",
    ],
    generate_all,
});

struct Listener;

export!(Listener);

impl Guest for Listener {
    fn handle_message(message: BrokerMessage) -> Result<(), String> {
        let name = store::get("name").ok().flatten().unwrap_or_default();
        let Some(subject) = message.reply_to else { return Ok(()) };
        let body = [name.as_bytes(), b" heard ", &message.body].concat();
        consumer::publish(&BrokerMessage { subject, body, reply_to: None })
    }
}
