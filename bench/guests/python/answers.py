"""What the component `bench` answers, in Python, and what `hoarder` does. See ../README.md."""

import json
import sys
from typing import Any
from urllib.parse import parse_qs, urlsplit

from componentize_py_types import Err
from wit_world.imports import store

# The only identifier that `wasmtime serve` knows.
IDENTIFIER = ""
left: dict[str, Any] = {"requests": 0, "kept": []}


def answer(target: str, body: bytes) -> tuple[int, bytes]:
    parts = urlsplit(target)
    if parts.path == "/":
        return 200, b"Ready\n"
    if parts.path == "/get":
        return get(parse_qs(parts.query).get("key", [""])[0])
    if parts.path == "/set":
        return put(**json.loads(body))
    if parts.path == "/hoard":
        return hoard()
    if parts.path == "/loop":
        while True:
            pass
    if parts.path == "/trap":
        raise ValueError("asked to")
    return 404, b"No such path\n"


def get(key: str) -> tuple[int, bytes]:
    with store.open(IDENTIFIER) as bucket:
        value = bucket.get(key)
    return (404, f"Key '{key}' not found\n".encode()) if value is None else (200, value)


def put(key: str, value: str) -> tuple[int, bytes]:
    with store.open(IDENTIFIER) as bucket:
        try:
            bucket.set(key, value.encode())
        except Err as error:
            return 500, f"{error.value}\n".encode()
    return 200, f"Stored '{key}'\n".encode()


def hoard() -> tuple[int, bytes]:
    """Tells what it finds of earlier requests, then leaves something in every place that a script reaches."""
    found = {
        "requests": left["requests"],
        "kept": len(left["kept"]),
        "bucket": "bucket" in left,
        "global": hasattr(sys, "hidden"),
        "module": "hidden" in sys.modules,
    }
    left["requests"] += 1
    left["kept"].append(bytearray(b"\x07") * (8 * 1024 * 1024))
    left["bucket"] = store.open(IDENTIFIER)
    left["bucket"].set("hidden", b"something")
    setattr(sys, "hidden", True)
    sys.modules["hidden"] = sys
    return 200, (json.dumps(found) + "\n").encode()
