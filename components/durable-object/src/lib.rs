//! Named objects with a state of their own: `POST /<name>/add?n=3` changes one, `GET /<name>` reads it.

mod object;

use guest_http::{Method, Request, Response, url};
use object::{Failure, State};

wit_bindgen::generate!({
    world: "kvasi:durable-object/durable-object",
    path: ["../../wit/wasi-keyvalue@0.2.0-draft2", "../../wit/worlds/durable-object.wit"],
    generate_all,
});

guest_http::serve!(handle);

const USAGE: &str = "There is GET /<name> and POST /<name>/add?n=<number>\n";

fn handle(request: &Request) -> Response {
    let path = request.path().strip_prefix('/').unwrap_or_default();
    let (segment, action) =
        path.split_once('/').map_or((path, None), |(segment, action)| (segment, Some(action)));
    match (segment, action, request.method()) {
        ("", ..) => Response::text(404, "An object has a name: /<name>\n"),
        (_, None, Method::Get) => on_object(segment, object::read),
        (_, Some("add"), Method::Post) => match delta(request) {
            Some(n) => on_object(segment, |name| object::add(name, n)),
            None => Response::text(400, "n is no integer of 64 bits\n"),
        },
        (_, None | Some("add"), _) => Response::text(405, USAGE),
        _ => Response::text(404, USAGE),
    }
}

fn delta(request: &Request) -> Option<i64> {
    request.query("n").map_or(Some(1), |n| n.parse().ok())
}

fn on_object(segment: &str, act: impl FnOnce(&str) -> Result<State, Failure>) -> Response {
    let Some(name) = url::key(segment) else {
        return Response::text(400, "The name is not UTF-8\n");
    };
    match act(&name) {
        Ok(State { value, changes }) => {
            Response::json(200, format!("{{\"value\":{value},\"changes\":{changes}}}"))
        }
        Err(failure) => refusal(failure),
    }
}

fn refusal(failure: Failure) -> Response {
    match failure {
        Failure::Overflow => Response::text(409, "The value would not fit 64 bits; nothing was changed\n"),
        Failure::Contended => Response::text(503, "Others change this object all the time; try again\n"),
        Failure::Unreadable => Response::text(500, "The bucket holds something else under this name\n"),
        Failure::Store(error) => Response::text(500, format!("{error}\n")),
    }
}
