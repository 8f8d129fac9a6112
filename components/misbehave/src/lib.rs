//! What goes wrong in real life, one path each. `GET /` lists the paths.

mod bindings;
mod bodies;
mod exchange;
mod excess;
mod faults;
mod reports;
mod stdio;

use exchange::Exchange;
use guest_http::bindings::exports::wasi::http::incoming_handler::Guest;
use guest_http::bindings::wasi::http::types::{IncomingRequest, ResponseOutparam};

/// Name, what it does, how.
type Path = (&'static str, &'static str, fn(Exchange));

const PATHS: &[Path] = &[
    ("", "lists the paths", list),
    ("trap", "panics before it answers", faults::trap),
    ("trap-late", "panics after the first part of the answer", faults::trap_late),
    ("loop", "computes forever", faults::spin),
    ("compute", "computes for ?ms=N (5) and answers", faults::compute),
    ("memory", "takes memory until there is none (512 MiB), or ?mib=N, keeps it for ?ms=N and answers", faults::memory),
    ("recursion", "calls itself until the stack ends, or ?depth=N times and answers", faults::recursion),
    ("hang", "sends a part of the answer, then waits forever", faults::hang),
    ("sleep", "waits forever before it answers, or for ?ms=N", faults::sleep),
    ("drop-outparam", "returns without an answer", faults::drop_outparam),
    ("drop-body", "sends a part of the answer and drops the rest", faults::drop_body),
    ("short-body", "sends less than its content-length", faults::short_body),
    ("error", "answers with a wasi:http error code", faults::error),
    ("exit", "calls wasi:cli/exit", faults::exit),
    ("exit-well", "exits in good order: after its answer, or ?when=before, during", faults::exit_well),
    ("leak", "counts the requests that this instance has seen", faults::leak),
    ("early", "answers without reading the request body", bodies::early),
    ("echo", "streams the request body back, by read and write or with ?splice", bodies::echo),
    ("early-body", "writes 64 KiB, or ?kib=N, before it sets its response", bodies::early_body),
    ("huge", "streams 64 MiB, or ?mib=N", bodies::huge),
    ("drip", "streams ?count=N lines (10), one each ?ms=N (100)", bodies::drip),
    ("trailers", "answers with trailers", bodies::trailers),
    ("headers", "answers the head of the request as JSON", reports::headers),
    ("request-trailers", "answers the trailers of the request as JSON", reports::request_trailers),
    ("response-headers", "answers with repeated and with non-ASCII headers", reports::response_headers),
    ("environment", "answers the environment and the arguments as JSON", reports::environment),
    ("random", "answers eight random bytes as a number", reports::random),
    ("status", "answers with the status of /status/<n>", reports::status),
    ("respond", "answers with ?status=N, headers ?h=name:value,… and trailers ?t=…", reports::respond),
    ("fields", "makes a fields of ?count=N values of ?kib=N each, ?times=N", excess::fields),
    ("handles", "keeps ?count=N pollables (1000000)", excess::handles),
    ("bodies", "keeps ?count=N bodies of 2 MiB that are never sent (1000)", excess::bodies),
    ("poll", "polls a list of ?count=N pollables (1000000), with the same one again and again", excess::poll),
    ("timers", "leaves ?count=N timers behind that it has waited for (1)", excess::timers),
    ("print", "writes ?mib=N (1) of lines to stdout", stdio::print),
    ("stdio", "writes lines to stdout and stderr", stdio::stdio),
];

struct Component;

impl Guest for Component {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        std::panic::set_hook(Box::new(stdio::report_panic));
        let exchange = Exchange::new(request, outparam);
        match PATHS.iter().find(|(name, ..)| *name == exchange.name()) {
            Some((_, _, run)) => run(exchange),
            None => exchange.answer(404, "No such path\n"),
        }
    }
}

guest_http::bindings::export!(Component with_types_in guest_http::bindings);

fn list(exchange: Exchange) {
    let lines: String = PATHS.iter().map(|(name, does, _)| format!("/{name}  {does}\n")).collect();
    exchange.answer(200, &lines);
}
