//! Calls the host in any order with anything, as the request says. The README tells how.

mod bindings;
mod client;
mod echo;
mod fields;
mod handle;
mod incoming;
mod instruction;
mod outgoing;
mod process;
mod stores;
mod streams;

use bindings::wasi::keyvalue::store::Bucket;
use guest_http::bindings::exports::wasi::http::incoming_handler::Guest;
use guest_http::bindings::wasi::http::types::*;
use guest_http::bindings::wasi::io::poll::Pollable;
use guest_http::url;
use handle::Handle;
use instruction::{Instruction, Registers};

/// The most that is told of a program, in bytes.
const LONGEST_REPORT: usize = 16 * 1024;

struct Component;

impl Guest for Component {
    fn handle(request: IncomingRequest, outparam: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        match url::split(&target) {
            ("/run", program) => run(program, request, outparam),
            ("/early", _) => echo::answer_early(&request, outparam),
            _ => echo::answer(&request, outparam),
        }
    }
}

guest_http::bindings::export!(Component with_types_in guest_http::bindings);

/// Runs a program that finds the request in register 0 and the response-outparam in register 1.
fn run(program: &str, request: IncomingRequest, outparam: ResponseOutparam) {
    let mut registers: Registers = [0; _];
    registers[0] = request.number();
    registers[1] = outparam.number();
    let mut report = String::new();
    for text in program.split(';') {
        let mut instruction = Instruction::new(text, &mut registers);
        if instruction.name == "report" {
            echo::send(instruction.give(), &report);
            continue;
        }
        let said = call(&mut instruction);
        if report.len() < LONGEST_REPORT {
            report.push_str(&format!("{} {}\n", instruction.name, said.as_deref().unwrap_or("?")));
        }
    }
}

fn call(i: &mut Instruction) -> Option<String> {
    fields::call(i)
        .or_else(|| incoming::call(i))
        .or_else(|| outgoing::call(i))
        .or_else(|| streams::call(i))
        .or_else(|| stores::call(i))
        .or_else(|| client::call(i))
        .or_else(|| process::call(i))
        .or_else(|| drop_one(i))
}

fn drop_one(i: &mut Instruction) -> Option<String> {
    match i.name {
        "drop.bucket" => drop(i.give::<Bucket>()),
        "drop.fields" => drop(i.give::<Fields>()),
        "drop.future-incoming-response" => drop(i.give::<FutureIncomingResponse>()),
        "drop.future-trailers" => drop(i.give::<FutureTrailers>()),
        "drop.incoming-body" => drop(i.give::<IncomingBody>()),
        "drop.incoming-request" => drop(i.give::<IncomingRequest>()),
        "drop.incoming-response" => drop(i.give::<IncomingResponse>()),
        "drop.input-stream" => drop(i.give::<InputStream>()),
        "drop.outgoing-body" => drop(i.give::<OutgoingBody>()),
        "drop.outgoing-request" => drop(i.give::<OutgoingRequest>()),
        "drop.outgoing-response" => drop(i.give::<OutgoingResponse>()),
        "drop.output-stream" => drop(i.give::<OutputStream>()),
        "drop.pollable" => drop(i.give::<Pollable>()),
        "drop.request-options" => drop(i.give::<RequestOptions>()),
        "drop.response-outparam" => drop(i.give::<ResponseOutparam>()),
        _ => return None,
    }
    Some(String::new())
}
