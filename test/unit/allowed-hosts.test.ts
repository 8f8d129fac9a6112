import { describe, expect, test } from 'vitest';
import { toMethod, toScheme } from '../../host/interfaces/http/method.ts';
import { AllowedHosts } from '../../host/interfaces/http/outgoing/allowed-hosts.ts';
import { destinationOf } from '../../host/interfaces/http/outgoing/destination.ts';
import { RequestTarget } from '../../host/interfaces/http/request-target.ts';

function targetOf(url: string, method = 'GET'): RequestTarget {
  const [, scheme = '', authority = '', path = ''] = /^(\w+):\/\/([^/?]*)(.*)$/.exec(url) ?? [];
  const target = new RequestTarget();
  target.method = toMethod(method);
  target.scheme = toScheme(scheme);
  target.authority = authority;
  target.pathWithQuery = path;
  return target;
}

const allows = (list: 'all' | readonly string[], url: string): boolean =>
  new AllowedHosts(list).allows(destinationOf(targetOf(url)));

describe('allowedHosts', () => {
  test.each([
    ['*', 'http://anyone.example', true],
    ['example.com', 'https://example.com/a', true],
    ['example.com', 'https://EXAMPLE.com.:8443/', true],
    ['example.com', 'https://www.example.com/', false],
    ['example.com:8443', 'https://example.com:8443/', true],
    ['example.com:8443', 'https://example.com/', false],
    ['example.com:443', 'https://example.com/', true],
    ['https://example.com', 'https://example.com:8443/', true],
    ['https://example.com', 'http://example.com/', false],
    ['https://example.com:8443/', 'https://example.com:8443/', true],
    ['*.example.com', 'http://a.b.example.com/', true],
    ['*.example.com', 'http://example.com/', false],
    ['*.example.com', 'http://badexample.com/', false],
    ['https://*.example.com:1', 'https://a.example.com:1/', true],
    ['https://*.example.com:1', 'https://a.example.com/', false],
    ['127.0.0.1', 'http://0x7f.1/', true],
    ['[::1]:80', 'http://[0:0:0:0:0:0:0:1]/', true],
    ['bücher.example', 'http://xn--bcher-kva.example/', true],
  ] as const)('%s and %s: %s', (entry, url, expected) => {
    expect(allows([entry], url)).toBe(expected);
  });

  test('an empty list allows nothing', () => {
    expect(allows([], 'http://example.com')).toBe(false);
  });

  test.each([
    [['example.com'], '93.184.216.34', true],
    [['example.com'], '10.0.0.1', true],
    [['example.com'], '127.0.0.1', false],
    [['example.com'], '::ffff:127.0.0.1', false],
    [['example.com'], '::1', false],
    [['example.com'], '0.0.0.0', false],
    [['example.com'], '169.254.169.254', false],
    [['example.com'], 'fd00:ec2::254', false],
    [['example.com'], 'fe80::1', false],
    [['example.com'], '224.0.0.1', false],
    [['example.com', 'localhost'], '127.0.0.1', true],
    [['example.com', 'localhost'], '169.254.169.254', false],
    [['example.com', '127.0.0.1:9'], '127.0.0.1', false],
    [['example.com', '169.254.169.254'], '169.254.169.254', true],
    ['all', '127.0.0.1', true],
  ] as const)('with %j a name may lead to %s: %s', (list, address, expected) => {
    const place = destinationOf(targetOf('http://example.com'));
    expect(new AllowedHosts(list).allowsAddress(place, address)).toBe(expected);
  });
});

describe('where a request goes', () => {
  test('is read as a server would', () => {
    expect(destinationOf(targetOf('http://EXAMPLE.com:80?a=é'))).toEqual({
      scheme: 'http',
      host: 'example.com',
      port: 80,
      origin: 'http://example.com',
      authority: 'example.com',
      path: '/?a=%C3%A9',
      isAddress: false,
    });
    expect(destinationOf(targetOf('https://[::1]:8443/a'))).toMatchObject({
      host: '::1',
      port: 8443,
      isAddress: true,
    });
  });

  test.each([
    ['http://user@example.com/', 'GET', 'HTTP-request-URI-invalid'],
    ['http://example.com@127.0.0.1/', 'GET', 'HTTP-request-URI-invalid'],
    ['ftp://example.com/', 'GET', 'HTTP-protocol-error'],
    ['http://example.com/', 'CONNECT', 'HTTP-request-method-invalid'],
  ])('%s with %s is refused as %s', (url, method, tag) => {
    expect(() => destinationOf(targetOf(url, method))).toThrow(expect.objectContaining({ tag }));
  });
});
