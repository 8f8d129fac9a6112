import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-in-process.ts';
import { KvasiDev as KvasiProcess } from '../support/kvasi-process.ts';
import { isReceiverInstalled, OtlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.ts';
import { Project } from '../support/project.ts';
import { freePort } from '../support/server.ts';
import { Upstream } from '../support/upstream.ts';

const traced = component('telemetry/traced', 'traced');
const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerId}-01`;

const hasReceiver = await isReceiverInstalled();

async function projectFor(url: string, more = ''): Promise<Project> {
  return await Project.create({
    '.wash/config.yaml': `
dev:
  component_path: ${traced}
  environment:
    OTEL_EXPORTER_OTLP_ENDPOINT: ${url}
    OTEL_METRIC_EXPORT_INTERVAL: "300"
workload:
  allowedHosts: ['*']
${more}`,
  });
}

function spanNamed(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const found = spans.filter((span) => span.name === name);
  expect(found, `${name} of ${spans.map((span) => span.name).join(', ')}`).toHaveLength(1);
  return found[0] as ReceivedSpan;
}

describe.skipIf(!hasReceiver)('what a receiver gets', () => {
  test('a span for the request, below its caller, and one for each operation below that', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    expect(await kvasi.text('/get?key=a', { headers: { traceparent } })).toBe('None');
    await expect.poll(() => receiver.spans.length, { timeout: 30_000 }).toBe(3);
    const request = spanNamed(receiver.spans, 'GET');
    expect(request).toMatchObject({
      service: 'traced',
      scope: 'kvasi',
      traceId,
      parentId: callerId,
      kind: 'SPAN_KIND_SERVER',
      attributes: { 'url.path': '/get', 'url.query': 'key=a', 'http.response.status_code': '200' },
    });
    expect(spanNamed(receiver.spans, 'wasi:keyvalue get')).toMatchObject({
      traceId,
      parentId: request.id,
      kind: 'SPAN_KIND_CLIENT',
      attributes: { 'kvasi.bucket': 'default', 'kvasi.key': 'a', 'kvasi.hit': 'false' },
    });
  });

  test('a request that the component sends has the trace in its header, and its span is the parent there', async () => {
    const seen: (string | undefined)[] = [];
    await using upstream = await Upstream.http((request, response) => {
      seen.push(request.headers.traceparent as string | undefined);
      response.end('ok');
    });
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    const own = `00-${traceId}-00f067aa0ba902b7-01`;
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await kvasi.text(`/send?url=${upstream.url('/a')}`);
    await kvasi.text(`/send?url=${upstream.url('/b')}&traceparent=${own}`, { headers: { traceparent } });
    await expect.poll(() => receiver.spans.length, { timeout: 30_000 }).toBe(4);
    const sent = (path: string) =>
      receiver.spans.find(({ attributes }) => attributes['url.full'] === upstream.url(path)) as ReceivedSpan;
    expect(seen).toEqual([`00-${sent('/a').traceId}-${sent('/a').id}-01`, own]);
    expect(receiver.spans.find(({ id }) => id === sent('/a').parentId)).toMatchObject({
      kind: 'SPAN_KIND_SERVER',
    });
    // It belongs to the span that the component said that it belongs to.
    expect(sent('/b')).toMatchObject({ traceId, parentId: '00f067aa0ba902b7', kind: 'SPAN_KIND_CLIENT' });
  });

  test('a span for each message that a component handles, and for what it does then', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await Project.create({
      '.wash/config.yaml': `
dev:
  component_path: ${component('messaging/messenger', 'messenger')}
  environment: { OTEL_EXPORTER_OTLP_ENDPOINT: ${receiver.url} }
workload:
  config: { subscriptions: orders.> }
`,
    });
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await kvasi.fetch('/publish?subject=orders.new', { method: 'POST', body: 'a book' });
    const handled = () => receiver.spans.filter(({ name }) => name === 'process orders.new');
    await expect.poll(handled, { timeout: 30_000 }).toHaveLength(1);
    const [span] = handled();
    expect(span).toMatchObject({
      kind: 'SPAN_KIND_CONSUMER',
      attributes: { 'messaging.destination.name': 'orders.new', 'messaging.message.body.size': '6' },
    });
    const below = receiver.spans.filter(({ parentId }) => parentId === span?.id);
    expect(below.map(({ name }) => name)).toContain('wasi:keyvalue increment');
  });

  test('spans, logs and metrics of the component itself, below the request that it serves', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    const [outer] = (await kvasi.text('/outer', { headers: { traceparent, tracestate: 'a=1' } })).split(' ');
    expect(outer).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-01$`));
    await kvasi.text('/span?name=inner&value=%7B%22deep%22%3A%5B1%2Ctrue%5D%7D', {
      headers: { traceparent },
    });
    await kvasi.text('/otel-log?body=%22through+otel%22', { headers: { traceparent } });
    await kvasi.text('/log?level=warn&context=db&message=through+logging', { headers: { traceparent } });
    expect(await kvasi.text('/metrics')).toBe('Ok(())');
    await expect
      .poll(() => receiver.spans.filter(({ name }) => name === 'inner'), { timeout: 30_000 })
      .toHaveLength(1);
    for (const text of ['through otel', 'through logging', 'guest.exponential', 'Str(/span)'])
      await expect.poll(() => receiver.text, { timeout: 30_000 }).toContain(text);
    const inner = spanNamed(receiver.spans, 'inner');
    expect(inner).toMatchObject({
      scope: 'traced',
      traceId,
      id: '0000000000000001',
      kind: 'SPAN_KIND_CLIENT',
      status: 'STATUS_CODE_ERROR',
    });
    expect(receiver.spans.find(({ id }) => id === inner.parentId)).toMatchObject({
      name: 'GET',
      traceId,
      attributes: { 'url.path': '/span' },
    });
    expect(inner.text).toContain('it did not work');
    const { text } = receiver;
    expect(text).toContain('through otel');
    expect(text).toContain('through logging');
    expect(text).toContain('service.name: Str(traced-guest)');
    for (const name of ['guest.sum', 'guest.gauge', 'guest.histogram', 'guest.exponential'])
      expect(receiver.metrics(name).length, name).toBeGreaterThan(0);
  });

  test('metrics of requests and operations', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    for (let index = 0; index < 3; index += 1) await kvasi.text('/get?key=a');
    await expect
      .poll(() => receiver.metrics('http.server.request.duration').length, { timeout: 30_000 })
      .toBeGreaterThan(0);
    await expect
      .poll(() => receiver.metrics('http.server.request.duration').at(-1), { timeout: 30_000 })
      .toMatch(/Count: 3$/m);
    const last = receiver.metrics('http.server.request.duration').at(-1);
    expect(last).toContain('http.request.method: Str(GET)');
    expect(last).toContain('http.response.status_code: Int(200)');
    expect(last).toMatch(/Count: 3$/m);
    expect(receiver.metrics('kvasi.operation.duration').at(-1)).toContain('kvasi.operation: Str(get)');
    expect(receiver.metrics('http.server.active_requests').at(-1)).toMatch(/Value: 0$/m);
  });

  test('requests that fail are spans that failed, and a trap is a log record', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await Project.create({
      '.wash/config.yaml': `
dev:
  component_path: ${component('misbehave')}
  environment: { OTEL_EXPORTER_OTLP_ENDPOINT: "${receiver.url}", OTEL_SERVICE_NAME: named }
  requestTimeout: 300ms
`,
    });
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await (await kvasi.fetch('/trap')).text();
    await kvasi.fetch('/sleep', { headers: { traceparent } }).then((response) => response.text());
    await expect
      .poll(() => receiver.spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER'), { timeout: 30_000 })
      .toHaveLength(2);
    const spans = receiver.spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER');
    for (const span of spans) expect(span).toMatchObject({ service: 'named', status: 'STATUS_CODE_ERROR' });
    expect(receiver.text).toContain('the component trapped');
  });

  test('a caller that does not record is heeded', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    expect(await kvasi.text('/outer', { headers: { traceparent: `00-${traceId}-${callerId}-00` } })).toMatch(
      /-00 false/,
    );
    await kvasi.text('/span?name=unrecorded', { headers: { traceparent: `00-${traceId}-${callerId}-00` } });
    await kvasi.text('/span?name=recorded', { headers: { traceparent } });
    await expect
      .poll(() => receiver.spans.map(({ name }) => name), { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['recorded', 'GET']));
    expect(receiver.spans.filter(({ kind }) => kind === 'SPAN_KIND_SERVER')).toHaveLength(1);
    expect(receiver.text).not.toContain('unrecorded');
  });

  test('whatever a component tells, kvasi goes on, and the rest of what is told arrives', async () => {
    await using receiver = await OtlpReceiver.start();
    await using project = await projectFor(receiver.url);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    await kvasi.text('/broken');
    expect(await kvasi.text('/spans?count=3000&length=10')).toBe('3000');
    expect(await kvasi.text('/spans?count=3&length=400000')).toBe('3');
    await kvasi.text('/get?key=after');
    await expect.poll(() => receiver.text, { timeout: 30_000 }).toContain('kvasi.key: Str(after)');
    expect(kvasi.stderr).not.toMatch(/fault|does not take/);
    await expect.poll(() => receiver.text, { timeout: 30_000 }).toContain('{not json');
  });

  test('a receiver that comes later gets what is told from then on, and each change is one line', async () => {
    const port = await freePort();
    await using project = await projectFor(`http://127.0.0.1:${port}`);
    await using kvasi = await KvasiDev.start([], { cwd: project.folder });
    for (let index = 0; index < 5; index += 1) await kvasi.text('/get?key=early');
    await kvasi.until(/does not take (spans|metrics)/);
    await using receiver = await OtlpReceiver.start(port);
    await expect
      .poll(
        async () => {
          await kvasi.text('/get?key=late');
          return receiver.text;
        },
        { timeout: 30_000, interval: 300 },
      )
      .toContain('kvasi.key: Str(late)');
    for (const what of ['spans', 'metrics', 'logs'])
      expect(kvasi.stderr.split(`does not take ${what}`).length).toBeLessThan(3);
  }, 60_000);
});

test('a receiver that takes connections and says nothing holds up neither requests nor the end', async () => {
  const silent = createServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((resolve) => silent.once('listening', resolve));
  const address = silent.address();
  const port = typeof address === 'object' ? address?.port : 0;
  try {
    await using project = await projectFor(`http://127.0.0.1:${port}`);
    const kvasi = await KvasiDev.start([], { cwd: project.folder });
    for (let index = 0; index < 200; index += 1) expect(await kvasi.text('/get?key=a')).toBe('None');
    const before = performance.now();
    await kvasi.stop();
    expect(performance.now() - before).toBeLessThan(8000);
  } finally {
    silent.close();
  }
});

test('a receiver that refuses everything was sent all there is, and it is told once', async () => {
  const asked = new Map<string, string>();
  const server = createHttpServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const path = request.url ?? '';
    asked.set(path, `${asked.get(path) ?? ''}${Buffer.concat(parts).toString()}`);
    response.writeHead(400).end('nothing of that');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await using project = await projectFor(`http://127.0.0.1:${port}`);
  await using kvasi = await KvasiDev.start([], { cwd: project.folder });
  expect(await kvasi.text('/get?key=a')).toBe('None');
  expect(await kvasi.text('/log?level=warn&context=db&message=late')).toBeDefined();
  await expect.poll(() => asked.get('/v1/traces'), { timeout: 30_000 }).toContain('wasi:keyvalue get');
  await expect.poll(() => asked.get('/v1/logs'), { timeout: 30_000 }).toContain('late');
  await expect
    .poll(() => asked.get('/v1/metrics'), { timeout: 30_000 })
    .toContain('kvasi.operation.duration');
  await kvasi.until(/does not take spans/);
  expect(kvasi.stderr + kvasi.stdout).not.toContain('could not be sent');
  server.close();
  server.closeAllConnections();
});

test('where OpenTelemetry’s libraries are missing, kvasi says what to install, and serves', async () => {
  await using project = await projectFor('http://127.0.0.1:1');
  const hooks = await project.write(
    'hooks.mjs',
    `import { registerHooks } from 'node:module';
     registerHooks({
       resolve(name, context, next) {
         return next(name.startsWith('@opentelemetry/') ? '@opentelemetry/missing' : name, context);
       },
     });`,
  );
  const env = { NODE_OPTIONS: `--import=${pathToFileURL(hooks)}` };
  await using kvasi = await KvasiProcess.start([], { cwd: project.folder, env });
  expect(await kvasi.text('/get?key=a')).toBe('None');
  await kvasi.until(/npm install @opentelemetry\/api /);
  expect(kvasi.stderr.match(/can't be loaded/g)).toHaveLength(1);
});

test('without an endpoint a component may tell what it likes, and outer spans are none', async () => {
  await using kvasi = await KvasiDev.start([traced]);
  expect(await kvasi.text('/outer', { headers: { traceparent } })).toBe(
    `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00 false []`,
  );
  expect(await kvasi.text('/metrics')).toBe('Ok(())');
  expect(await kvasi.text('/spans?count=1000&length=10')).toBe('1000');
  await kvasi.text('/broken');
});
