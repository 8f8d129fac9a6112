import unittest

from answer import get, post


class Bucket(dict[str, bytes]):
    def set(self, key: str, value: bytes) -> None:
        self[key] = value


class Answers(unittest.TestCase):
    def test_a_value_that_was_stored_is_found(self) -> None:
        bucket = Bucket()
        stored = post(bucket, b'{"key": "mykey", "value": "myvalue"}')
        self.assertEqual(stored, (200, "[in_memory] Stored 'mykey'"))
        self.assertEqual(get(bucket, "key=mykey"), (200, "[in_memory] myvalue"))

    def test_what_can_not_be_answered_is_refused(self) -> None:
        bucket = Bucket()
        self.assertEqual(get(bucket, "")[0], 400)
        self.assertEqual(get(bucket, "key=missing")[0], 404)
        for body in (b"no json", b"null", b'{"key": 1}'):
            self.assertEqual(post(bucket, body)[0], 400)
        self.assertEqual(bucket, {})
