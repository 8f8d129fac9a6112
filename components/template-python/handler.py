"""The component: HTTP by `wasi:http`, the bucket by `wasi:keyvalue`."""

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import store
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingRequest,
    Method_Get,
    Method_Post,
    OutgoingBody,
    OutgoingResponse,
    ResponseOutparam,
)

import answer

# As much as `blocking-write-and-flush` takes at once.
CHUNK = 4096


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        status, text = respond(request)
        headers = Fields.from_list([("content-type", b"text/plain; charset=utf-8")])
        response = OutgoingResponse(headers)
        response.set_status_code(status)
        body = response.body()
        ResponseOutparam.set(response_out, Ok(response))
        content = (text + "\n").encode()
        with body.write() as stream:
            for start in range(0, len(content), CHUNK):
                stream.blocking_write_and_flush(content[start : start + CHUNK])
        OutgoingBody.finish(body, None)


def respond(request: IncomingRequest) -> tuple[int, str]:
    _, _, query = (request.path_with_query() or "").partition("?")
    try:
        match request.method():
            case Method_Get():
                with store.open(answer.BUCKET) as bucket:
                    return answer.get(bucket, query)
            case Method_Post():
                content = contents(request)
                with store.open(answer.BUCKET) as bucket:
                    return answer.post(bucket, content)
    except Err as error:
        return 500, f"[{answer.BUCKET}] {describe(error.value)}"
    return 405, "Method not allowed"


def contents(request: IncomingRequest) -> bytes:
    read = b""
    with request.consume() as body, body.stream() as stream:
        while True:
            try:
                read += stream.blocking_read(65536)
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return read
                raise


def describe(error: store.Error) -> str:
    return error.value if isinstance(error, store.Error_Other) else type(error).__name__
