import { expect, test } from 'vitest';
import { whyHostIsWrong } from '../../host/triggers/http/host-field.ts';

test.for(['a', 'a.b:80', 'a:', 'localhost:8000', '127.0.0.1', '[::1]:8000', '[v1.a:b]', 'a_b', '%c3%a9', ''])(
  'the host %s is right',
  (host) => {
    expect(whyHostIsWrong(['Accept', '*/*', 'hOsT', host], true)).toBe(undefined);
  },
);

test.for(['a b', 'a/b', 'a:b', 'u@a', 'a:80:80', 'é', '[::1', 'a\tb', '%zz', 'a?b', 'a#b', 'a,b c', '<a>'])(
  'the host %s is none',
  (host) => {
    expect(whyHostIsWrong(['Host', host], true)).toBe('the host header of the request is no host name');
  },
);

test('there is one host, and none may be missing but in HTTP/1.0', () => {
  expect(whyHostIsWrong(['Host', 'a', 'host', 'a'], true)).toMatch(/two host headers/);
  expect(whyHostIsWrong(['Host', 'a', 'X', 'b', 'HOST', ''], false)).toMatch(/two host headers/);
  expect(whyHostIsWrong(['X', 'b'], true)).toMatch(/no host header/);
  expect(whyHostIsWrong([], false)).toBe(undefined);
});
