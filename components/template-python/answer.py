"""What the handler answers, whatever keeps its values."""

import json
from typing import Protocol
from urllib.parse import parse_qs

# The identifier of the bucket: the host's configuration says where that is.
BUCKET = "in_memory"


class Bucket(Protocol):
    """What the handler needs of a bucket."""

    def get(self, key: str) -> bytes | None: ...
    def set(self, key: str, value: bytes) -> None: ...


def get(bucket: Bucket, query: str) -> tuple[int, str]:
    """`GET /?key=…`: the value of a key."""
    keys = parse_qs(query, keep_blank_values=True).get("key")
    if keys is None:
        return 400, "Missing query parameter 'key'"
    value = bucket.get(keys[0])
    if value is None:
        return 404, f"[{BUCKET}] Key '{keys[0]}' not found"
    return 200, f"[{BUCKET}] {value.decode(errors='replace')}"


def post(bucket: Bucket, body: bytes) -> tuple[int, str]:
    """`POST /` with `{"key": …, "value": …}`: sets the value of a key."""
    try:
        entry = json.loads(body)
    except ValueError as error:
        return 400, f"Invalid JSON: {error}"
    match entry:
        case {"key": str(key), "value": str(value)}:
            bucket.set(key, value.encode())
            return 200, f"[{BUCKET}] Stored '{key}'"
    return 400, 'Invalid JSON: expected the texts "key" and "value"'
