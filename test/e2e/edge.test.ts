import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { readAnswers } from '../support/answers.ts';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { KvasiDev as DevProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { exchangeRaw, RawClient } from '../support/raw-http.ts';

const misbehave = component('misbehave');
const close = 'Connection: close';

/** The first line of each answer that was received. */
const statusLines = (received: string): string[] => received.match(/^HTTP\/1\.1 \d+/gm) ?? [];

describe('what a guest says', () => {
  test('a header named trailer is answered as any other, with and without content', async () => {
    const bytes = (await readFile(misbehave)).toString('latin1').replaceAll('x-bytes', 'trailer');
    await using project = await Project.create({ 'trailer.wasm': Buffer.from(bytes, 'latin1') });
    await using kvasi = await KvasiDev.start(['trailer.wasm'], { cwd: project.folder });
    for (const method of ['GET', 'HEAD', 'POST']) {
      for (const version of ['1.0', '1.1']) {
        const received = await exchangeRaw(
          kvasi.url,
          `${method} /response-headers HTTP/${version}`,
          'Host: a',
          'Content-Length: 0',
          close,
          '',
          '',
        );
        expect(received, `${method} ${version}`).toMatch(/^HTTP\/1\.1 200 /);
      }
    }
    expect(kvasi.stderr).toBe('');
  });

  test.for([
    ['HEAD', '1.1'],
    ['HEAD', '1.0'],
    ['GET', '1.0'],
  ])(
    'trailers in an answer that has no room for them are left out: %s with HTTP/%s',
    async ([method, version]) => {
      await using kvasi = await KvasiDev.start([misbehave]);
      const received = await exchangeRaw(
        kvasi.url,
        `${method} /trailers HTTP/${version}`,
        'Host: a',
        close,
        '',
        '',
      );
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
      expect(received).not.toMatch(/trailer/i);
      expect(await kvasi.text('/leak')).toBe('1\n');
    },
  );

  test.for(['/drip?count=100&ms=100', '/hang', '/huge'])(
    'the head of HEAD %s comes at once',
    async (path) => {
      await using kvasi = await KvasiDev.start([misbehave]);
      const started = performance.now();
      const received = await exchangeRaw(kvasi.url, `HEAD ${path} HTTP/1.1`, 'Host: a', close, '', '');
      expect(received).toMatch(/^HTTP\/1\.1 200 /);
      expect(performance.now() - started).toBeLessThan(2000);
    },
  );

  test('a guest that does not end after its answer is ended when its time is up', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--request-timeout', '500ms']);
    expect(await exchangeRaw(kvasi.url, 'HEAD /hang HTTP/1.1', 'Host: a', close, '', '')).toMatch(/200 OK/);
    await kvasi.until(/HEAD {2}\/hang {2}200/);
  });
});

describe('what a client says', () => {
  test.for([
    [
      'a path beyond ASCII',
      'GET /?key=\xd0\xba HTTP/1.1\r\nHost: a\r\n\r\n',
      400,
      'percent-encoded, %D0%BA in',
    ],
    [
      'a head that is too long',
      `GET / HTTP/1.1\r\nHost: a\r\nCookie: ${'x'.repeat(70_000)}\r\n\r\n`,
      431,
      'headSize',
    ],
    ['two hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', 400, 'two host headers'],
    ['two hosts, one empty', 'GET / HTTP/1.1\r\nHost:\r\nHost: a\r\n\r\n', 400, 'two host headers'],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a b/c\r\n\r\n', 400, 'no host name'],
    ['a host with a user', 'GET / HTTP/1.1\r\nHost: u@a\r\n\r\n', 400, 'no host name'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, 'no host header'],
    ['a port that is none', 'GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n', 400, 'no host name'],
    ['a URL without a host', 'GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n', 400, "request's URL"],
    ['a URL with a user', 'GET http://u:p@b/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, "request's URL"],
    ['a URL with no port', 'GET http://b:99999/ HTTP/1.1\r\nHost: a\r\n\r\n', 400, "request's URL"],
    [
      'a head of many short headers',
      `GET / HTTP/1.1\r\nHost: a\r\n${'x: y\r\n'.repeat(20_000)}\r\n`,
      431,
      'headSize',
    ],
    ['a version to come', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505, 'only HTTP/1.1'],
    ['no version', 'GET /\r\n\r\n', 505, 'only HTTP/1.1'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400, 'not of https'],
    ['CONNECT', 'CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'no proxy'],
    ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'no method'],
    ['chunks in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400, 'HTTP/1.0'],
    [
      'two lengths of a body',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'Content-Length',
    ],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n', 400, 'header value'],
  ] as const)('%s is answered with a reason, and told', async ([, text, status, reason]) => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const received = await exchangeRaw(kvasi.url, text);
    expect(received).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(received).toContain(reason);
    await kvasi.until(new RegExp(`refused {2}${status} {2}.*`));
    expect(await kvasi.text('/leak')).toBe('1\n');
  });

  test('heads of 60 KB and with 3,000 headers reach the guest whole', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const many = Array.from({ length: 3000 }, (_, index) => `x${index}: 1`);
    const received = await exchangeRaw(kvasi.url, 'GET /headers HTTP/1.1', 'Host: a', ...many, close, '', '');
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toContain('x2999');
    const cookie = 'x'.repeat(60_000);
    expect(
      await exchangeRaw(kvasi.url, 'GET /leak HTTP/1.1', 'Host: a', `Cookie: ${cookie}`, close, '', ''),
    ).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('refusals are told as JSON, too', async () => {
    await using kvasi = await KvasiDev.start([misbehave, '--json']);
    await exchangeRaw(kvasi.url, 'GET / HTTP/1.1\r\n\r\n');
    expect(await kvasi.until(/\{"event":"refused".*\}/)).toContain('"status":400');
  });

  test.for([5, 1000, 300_000])(
    'a body of %i bytes that does not come keeps no guest from answering',
    async (length) => {
      await using kvasi = await KvasiDev.start([misbehave]);
      await using client = await RawClient.connect(kvasi.url);
      client.write(`POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`);
      await expect.poll(() => client.received).toMatch(/^HTTP\/1\.1 200 [\s\S]*before the request body/);
    },
  );

  test.for(['Connection: close', 'Upgrade: h2c', 'Expect: 100-continue'])(
    'an answer before the end of the body is received where the connection closes behind it: %s',
    async (field) => {
      await using kvasi = await KvasiDev.start([misbehave]);
      for (let round = 0; round < 20; round += 1) {
        await using client = await RawClient.connect(kvasi.url);
        client.write(`POST /early HTTP/1.1\r\nHost: a\r\n${field}\r\nContent-Length: 4000000\r\n\r\n`);
        for (let part = 0; part < 40; part += 1) client.write('x'.repeat(100_000));
        await expect.poll(() => client.received).toMatch(/HTTP\/1\.1 200 [\s\S]*before the request body/);
      }
    },
  );

  test.for([5, 300_000])(
    '100 Continue is sent when the guest reads %i bytes, and only then',
    async (length) => {
      await using kvasi = await KvasiDev.start([misbehave]);
      const head = `Host: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`;
      await using reading = await RawClient.connect(kvasi.url);
      reading.write(`POST /echo HTTP/1.1\r\n${head}`);
      await expect.poll(() => reading.received).toMatch(/^HTTP\/1\.1 100 /);
      reading.write('x'.repeat(length));
      await expect.poll(() => statusLines(reading.received)).toEqual(['HTTP/1.1 100', 'HTTP/1.1 200']);
      const answered = await exchangeRaw(kvasi.url, `POST /early HTTP/1.1\r\n${head}`);
      expect(statusLines(answered)).toEqual(['HTTP/1.1 200']);
      expect(answered, 'the client may send the body, or not').toMatch(/connection: close/i);
    },
  );

  test('a request with nothing to send gets no 100 Continue', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const received = await exchangeRaw(
      kvasi.url,
      'GET /leak HTTP/1.1',
      'Host: a',
      'Expect: 100-continue',
      close,
      '',
      '',
    );
    expect(statusLines(received)).toEqual(['HTTP/1.1 200']);
  });

  test('nor does one whose body has no bytes, and its connection goes on', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const nothing = 'Host: a\r\nExpect: 100-continue\r\nContent-Length: 0';
    const received = await exchangeRaw(
      kvasi.url,
      `POST /echo HTTP/1.1\r\n${nothing}\r\n\r\nGET /leak HTTP/1.1`,
      'Host: a',
      close,
      '',
      '',
    );
    expect(statusLines(received)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  });

  test('what follows a good request and is none does not take its answer away', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const received = await exchangeRaw(
      kvasi.url,
      'GET /sleep?ms=300 HTTP/1.1\r\nHost: a\r\n\r\nnonsense\r\n\r\n',
    );
    expect(statusLines(received)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  });

  test('nor does a body that is none, of a request that waits', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const head = 'Host: a\r\nTransfer-Encoding: chunked';
    const received = await exchangeRaw(
      kvasi.url,
      `GET /sleep?ms=300 HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\n${head}\r\n\r\n5\r\nabcde\r\nzz\r\n`,
    );
    expect(statusLines(received)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
    expect(received).toContain('chunk size');
  });

  const long = 'x'.repeat(300_000);
  const echo = `POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: ${long.length}\r\n\r\n${long}`;
  const chunked = 'HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  test.for([
    ['what is no request', `${long}\r\n\r\n`, 400],
    ['a body that is none', `POST /echo ${chunked}11170\r\n${long}`, 400],
    [
      'a body that is none, of a request that was answered',
      `POST /early ${chunked}11170\r\n${long}`,
      undefined,
    ],
  ] as const)('a client that reads late has all of the answer in front of %s', async ([, sent, refusal]) => {
    await using kvasi = await KvasiDev.start([misbehave]);
    await using client = await RawClient.connect(kvasi.url);
    client.pause();
    client.write(echo + sent);
    await sleep(2000);
    // It does not know yet that it was refused.
    client.write(long);
    await sleep(300);
    client.resume();
    const { answers, rest } = readAnswers(await client.closed(), ['POST', 'POST'], true);
    expect(answers[0]?.body).toBe(long);
    if (refusal !== undefined) expect([answers[1]?.status, rest]).toEqual([refusal, '']);
  });

  test('a body that is no body ends its request with a reason', async () => {
    await using kvasi = await KvasiDev.start([misbehave]);
    const head = 'Host: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    const received = await exchangeRaw(
      kvasi.url,
      `POST /sleep?ms=5000 HTTP/1.1\r\n${head}5\r\nabcde\r\nzz\r\n`,
    );
    expect(statusLines(received)).toEqual(['HTTP/1.1 400']);
    expect(received).toContain('chunk size');
    await kvasi.until(/POST {2}\/sleep\?ms=5000 {2}400/);
  });
});

test('guests that go on after the head of HEAD end with the connection', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  await using client = await RawClient.connect(kvasi.url);
  for (let count = 1; count <= 20; count += 1) {
    client.write('HEAD /hang HTTP/1.1\r\nHost: a\r\n\r\n');
    await expect.poll(() => statusLines(client.received)).toHaveLength(count);
  }
  expect(kvasi.stdout).not.toContain('HEAD  /hang');
  client.destroy();
  await expect.poll(() => kvasi.stdout.match(/HEAD {2}\/hang {2}200/g)?.length).toBe(20);
  expect(kvasi.stderr).toBe('');
});

test('requests of a connection are served one after the other', async () => {
  await using kvasi = await KvasiDev.start([component('http-kv-handler')]);
  for (let round = 0; round < 20; round += 1) {
    const body = JSON.stringify({ key: 'k', value: `value ${round}` });
    const received = await exchangeRaw(
      kvasi.url,
      ...['POST / HTTP/1.1', 'Host: a', `Content-Length: ${body.length}`, '', `${body}GET /?key=k HTTP/1.1`],
      ...['Host: a', close, '', ''],
    );
    expect(received).toMatch(new RegExp(`Stored 'k'[\\s\\S]*value ${round}`));
  }
});

test('a connection may have a hundred requests wait, and no more', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  const first = 'GET /sleep?ms=300 HTTP/1.1\r\nHost: a\r\n\r\n';
  const others = 'GET /status/201 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(101);
  const received = statusLines(await exchangeRaw(kvasi.url, first + others));
  expect(received.filter((line) => line.endsWith(' 201'))).toHaveLength(100);
  expect(received.at(-1)).toBe('HTTP/1.1 503');
});

test('requests that follow one another without a pause are all answered', async () => {
  await using kvasi = await KvasiDev.start([misbehave]);
  await using client = await RawClient.connect(kvasi.url);
  for (let round = 1; round <= 10; round += 1) {
    client.write('GET /status/201 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(50));
    await expect.poll(() => statusLines(client.received).length).toBeGreaterThan(50 * (round - 1) + 10);
  }
  await expect.poll(() => statusLines(client.received)).toEqual(new Array(500).fill('HTTP/1.1 201'));
});

test('a body in a hundred thousand pieces comes back whole, and others are answered meanwhile', async () => {
  // How long others wait is not to depend on this client.
  await using kvasi = await DevProcess.start([misbehave]);
  const count = 100_000;
  const times: number[] = [];
  // One of three, because another process may have the processor.
  for (let attempt = 0; attempt < 3 && Math.min(...times) >= 1500; attempt += 1) {
    await using client = await RawClient.connect(kvasi.url);
    client.write('POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
    client.write(`${'1\r\nx\r\n'.repeat(count)}0\r\n\r\n`);
    const started = performance.now();
    expect(await kvasi.text('/leak')).toBe('1\n');
    times.push(performance.now() - started);
    const received = await client.closed();
    expect(received.slice(received.indexOf('\r\n\r\n')).match(/x/g)).toHaveLength(count);
  }
  expect(Math.min(...times)).toBeLessThan(1500);
});
