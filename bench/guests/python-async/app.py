"""The export of WASI 0.3."""

import componentize_py_async_support
import wit_world
from answers import answer
from componentize_py_async_support.futures import FutureWriter
from componentize_py_async_support.streams import ByteStreamWriter
from componentize_py_types import Ok
from wit_world import exports
from wit_world.imports.wasi_http_types import Fields, Method_Post, Request, Response


class Handler(exports.Handler):
    async def handle(self, request: Request) -> Response:
        target = request.get_path_with_query() or "/"
        content = await contents(request) if isinstance(request.get_method(), Method_Post) else b""
        status, body = answer(target, content)
        writer, reader = wit_world.byte_stream()
        trailers, trailers_to_come = (
            wit_world.result_option_wasi_http_types_fields_wasi_http_types_error_code_future(lambda: Ok(None))
        )
        headers = Fields.from_list([("content-type", b"text/plain; charset=utf-8")])
        response, sent = Response.new(headers, reader, trailers_to_come)
        response.set_status_code(status)
        sent.__exit__(None, None, None)
        componentize_py_async_support.spawn(send(writer, trailers, body))
        return response


async def send(writer: ByteStreamWriter, trailers: FutureWriter, body: bytes) -> None:
    with writer:
        await writer.write_all(body)
    await trailers.write(Ok(None))


async def contents(request: Request) -> bytes:
    result, result_to_come = wit_world.result_unit_wasi_http_types_error_code_future(lambda: Ok(None))
    stream, trailers = Request.consume_body(request, result_to_come)
    read = b""
    with stream:
        while not stream.writer_dropped:
            read += await stream.read(65536)
    trailers.__exit__(None, None, None)
    await result.write(Ok(None))
    return read
