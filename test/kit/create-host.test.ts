import { once } from 'node:events';
import { copyFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  createHost,
  type Host,
  HostError,
  type HostOptions,
  type PrintEvent,
  type RefusedEvent,
  type RequestEvent,
} from '../../host/index.ts';
import { component } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { freePort } from '../support/server.ts';

const counter = component('kv-counter');
const handler = component('http-kv-handler');
const misbehave = component('misbehave');
const closed = { name: 'HostError', message: expect.stringMatching(/^the host is closed\./) };

const text = async (host: Host, path: string): Promise<string> => await (await host.fetch(path)).text();

describe('fetch', () => {
  test('sends requests without a port, and streams both ways', async () => {
    await using host = await createHost({ component: misbehave });
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    const first = writer.write(Buffer.from('one '));
    const response = await host.fetch('/echo', { method: 'POST', body: readable });
    await first;
    const reader = response.body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe('one ');
    await writer.write(Buffer.from('two'));
    await writer.close();
    expect(Buffer.from((await reader?.read())?.value ?? '').toString()).toBe('two');
  });

  test('a request that fails says why', async () => {
    await using host = await createHost({ component: misbehave });
    const cut = host.fetch('/trap-late').then((response) => response.text());
    await expect(cut).rejects.toMatchObject({
      name: 'TypeError',
      cause: { name: 'HostError', code: 'request', message: expect.stringContaining('GET /trap-late: ') },
    });
  });

  test('what is no request is refused', async () => {
    await using host = await createHost({ component: counter });
    await expect(host.fetch('/', { methd: 'PUT' } as RequestInit)).rejects.toThrow('Did you mean method?');
  });
});

describe('listen', () => {
  test('opens ports, each of which can be closed by itself', async () => {
    await using host = await createHost({ component: counter, address: '127.0.0.1:0' });
    const one = await host.listen();
    const other = await host.listen('localhost:0');
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await (await fetch(`${one.url}/visits`)).text()).toBe('1\n');
    expect(await (await fetch(`${other.url}/visits`)).text()).toBe('2\n');
    await one.close();
    await expect(fetch(one.url)).rejects.toThrow();
    expect(await (await fetch(`${other.url}/visits`)).text()).toBe('3\n');
  });

  test('a port that is drained answers what is in flight', async () => {
    await using host = await createHost({ component: misbehave });
    const listener = await host.listen('127.0.0.1:0');
    const slow = fetch(`${listener.url}/sleep?ms=500`);
    await expect.poll(async () => await text(host, '/leak')).toMatch(/\d/);
    await listener.drain();
    expect(await (await slow).text()).toBe('awake\n');
    await expect(fetch(listener.url)).rejects.toThrow();
    expect((await host.fetch('/leak')).status).toBe(200);
  });

  test('a port that is taken is named with who has it', async () => {
    await using host = await createHost({ component: counter });
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    await expect(host.listen(`127.0.0.1:${port}`)).rejects.toMatchObject({
      code: 'address',
      message: expect.stringContaining(`port ${port} is in use`),
    });
    server.close();
  });
});

describe('events', () => {
  test('a request is told with its operations before its answer has been read to the end', async () => {
    await using host = await createHost({ component: counter });
    const requests: RequestEvent[] = [];
    host.on('request', (request) => requests.push(request));
    await text(host, '/visits');
    expect(requests).toMatchObject([
      {
        ...{ request: 1, method: 'GET', path: '/visits', status: 200, reason: undefined, isRefused: false },
        operations: [{ op: 'increment', bucket: 'counters', key: 'visits', request: 1 }],
      },
    ]);
  });

  test('a trap is told with its backtrace, and what the component prints with its request', async () => {
    await using host = await createHost({ component: misbehave });
    const printed: PrintEvent[] = [];
    const told = new Promise<RequestEvent>((resolve) => host.once('request', resolve));
    host.on('print', (output) => printed.push(output));
    await text(host, '/trap');
    expect(await told).toMatchObject({
      status: 500,
      reason: expect.stringContaining('the component trapped'),
    });
    expect((await told).backtrace.join('\n')).toContain('misbehave');
    await expect.poll(() => printed.length).toBeGreaterThan(0);
    expect(printed[0]).toMatchObject({ request: 1, stream: 'stderr' });
    expect(Buffer.concat(printed.map(({ bytes }) => bytes)).toString()).toContain('panicked');
  });

  test('a client that is refused is told', async () => {
    await using host = await createHost({ component: counter, limits: { headSize: 2000 } });
    const refused = new Promise<RefusedEvent>((resolve) => host.once('refused', resolve));
    expect((await host.fetch('/', { headers: { a: 'x'.repeat(5000) } })).status).toBe(431);
    expect(await refused).toMatchObject({ status: 431, method: 'GET', path: '/' });
  });

  test('a listener that is taken off hears nothing more', async () => {
    await using host = await createHost({ component: counter });
    let count = 0;
    const listener = (): void => {
      count += 1;
    };
    host.on('request', listener);
    await text(host, '/visits');
    host.off('request', listener);
    await text(host, '/visits');
    expect(count).toBe(1);
  });

  test('what the configuration file says without effect is a warning', async () => {
    await using project = await Project.create({ '.wash/config.yaml': 'dev: { instancs: reuse }\n' });
    await using host = await createHost({
      component: counter,
      config: '.wash/config.yaml',
      directory: project.folder,
    });
    const warning = new Promise<string>((resolve) => host.once('warning', resolve));
    expect(await warning).toMatch(/config\.yaml:1:\d+: dev\.instancs .*Did you mean instances\?/);
  });
});

describe('options', () => {
  const wrong: [options: unknown, message: RegExp][] = [
    [undefined, /^createHost got undefined\. Expected options such as/],
    [{}, /^createHost got no component\. Name its \.wasm/],
    [{ component: counter, keyvalues: {} }, /keyvalues is not a known option\. Did you mean keyvalue\?/],
    [{ component: counter, keyvalue: { a: 'sqlit' } }, /keyvalue\.a is "sqlit".*did you mean sqlite\?/],
    [{ component: counter, keyvalue: { a: { backend: 'redis', tll: 1 } } }, /Did you mean ttl\?/],
    [{ component: counter, address: 'nowhere' }, /address is "nowhere"\. Expected host:port/],
    [{ component: counter, threads: 0 }, /threads is 0, a number\. Expected a whole number from 1/],
    [{ component: counter, requestTimeout: 'soon' }, /requestTimeout is "soon"/],
    [{ component: counter, clock: 'frozen' }, /clock is not a known option/],
    [{ component: 'nowhere.wasm' }, /nowhere\.wasm does not exist/],
  ];
  test.each(wrong)('%o is refused', async (options, message) => {
    await expect(createHost(options as HostOptions)).rejects.toThrow(HostError);
    await expect(createHost(options as HostOptions)).rejects.toThrow(message);
  });

  test('a request timeout may be a number of milliseconds', async () => {
    await using host = await createHost({ component: misbehave, requestTimeout: 1500 });
    expect((await host.fetch('/loop')).status).toBe(504);
  });

  test('a store that the options name keeps its data from host to host', async () => {
    await using project = await Project.create();
    const options = {
      component: counter,
      keyvalue: { default: 'sqlite' },
      directory: project.folder,
    } as const;
    for (const count of ['1\n', '2\n']) {
      await using host = await createHost(options);
      expect(await text(host, '/visits')).toBe(count);
    }
  });

  test('a seed fills an empty bucket before the first request', async () => {
    await using project = await Project.create({ 'seed.jsonl': '{"key":"visits","value":"41"}\n' });
    await using host = await createHost({
      component: counter,
      keyvalue: { counters: { backend: 'in_memory', seed: 'seed.jsonl' } },
      directory: project.folder,
    });
    expect(await text(host, '/visits')).toBe('42\n');
  });

  test('the configuration file is used with its stores, and options win over it, name by name', async () => {
    await using project = await Project.create({
      '.wash/config.yaml': [
        'dev:',
        '  component_path: app.wasm',
        '  keyvalue:',
        '    default: { backend: filesystem, path: data }',
        '    in_memory: deny',
        '',
      ].join('\n'),
    });
    await copyFile(handler, join(project.folder, 'app.wasm'));
    const config = pathToFileURL(join(project.folder, '.wash/config.yaml'));
    {
      await using host = await createHost({ config });
      expect(await text(host, '/?key=k')).toContain('AccessDenied');
    }
    await using host = await createHost({ config, keyvalue: { in_memory: 'in_memory' } });
    expect(await text(host, '/?key=k')).toContain("Key 'k' not found");
    await host.setOptions({ component: counter });
    expect(await text(host, '/visits')).toBe('1\n');
    await using other = await createHost({ config, component: counter });
    expect(await text(other, '/visits'), 'it is in the files').toBe('2\n');
  });
});

describe('replace and setOptions', () => {
  test('another component serves, with what is in memory, and no request fails', async () => {
    await using host = await createHost({ component: counter });
    const { url } = await host.listen('127.0.0.1:0');
    expect(await text(host, '/visits')).toBe('1\n');
    await host.replace(misbehave);
    const slow = host.fetch('/sleep?ms=600');
    await text(host, '/leak');
    const replaced = host.replace(pathToFileURL(counter));
    expect(await (await slow).text()).toBe('awake\n');
    await replaced;
    expect(await (await fetch(`${url}/visits`)).text()).toBe('2\n');
  });

  test('without a name the file is read again', async () => {
    await using project = await Project.create();
    const path = join(project.folder, 'app.wasm');
    await copyFile(counter, path);
    await using host = await createHost({ component: path });
    expect(await text(host, '/visits')).toBe('1\n');
    await copyFile(misbehave, path);
    await host.replace();
    expect(await text(host, '/leak')).toBe('1\n');
  });

  test('a component that can’t be served leaves the old one', async () => {
    await using project = await Project.create({ 'broken.wasm': 'no component' });
    await using host = await createHost({ component: counter });
    await expect(host.replace(join(project.folder, 'broken.wasm'))).rejects.toMatchObject({
      code: 'component',
    });
    expect(await text(host, '/visits')).toBe('1\n');
  });

  test('options that are not named stay as they are', async () => {
    await using host = await createHost({ component: handler, keyvalue: { in_memory: 'deny' } });
    expect(await text(host, '/?key=k')).toContain('AccessDenied');
    await host.setOptions({ environment: { A: 'b' } });
    expect(await text(host, '/?key=k')).toContain('AccessDenied');
    await host.setOptions({ keyvalue: { in_memory: 'in_memory' } });
    expect(await text(host, '/?key=k')).toContain("Key 'k' not found");
  });

  test('the values of wasi:config are changed, and the configuration file stays', async () => {
    await using project = await Project.create({
      '.wash/config.yaml': `dev: { component_path: ${counter}, keyvalue: { counters: deny } }\n`,
    });
    await using host = await createHost({ config: join(project.folder, '.wash/config.yaml') });
    expect((await host.fetch('/visits')).status).toBe(500);
    await host.setOptions({ config: { A: 'b' } });
    expect((await host.fetch('/visits')).status).toBe(500);
    await writeFile(join(project.folder, '.wash/config.yaml'), `dev: { component_path: ${counter} }\n`);
    await host.setOptions({});
    expect(await text(host, '/visits')).toBe('1\n');
  });

  test('what is wrong, or can’t be changed, changes nothing', async () => {
    await using host = await createHost({ component: counter });
    await expect(host.setOptions({ limits: {} } as object)).rejects.toThrow(
      "host.setOptions: limits can't be changed while the host serves",
    );
    await expect(host.setOptions({ keyvalu: {} } as object)).rejects.toThrow('Did you mean keyvalue?');
    expect(await text(host, '/visits')).toBe('1\n');
  });

  test('changes are made one after the other', async () => {
    await using host = await createHost({ component: counter });
    await Promise.all([host.replace(misbehave), host.replace(counter), host.replace(misbehave)]);
    expect(await text(host, '/leak')).toBe('1\n');
  });
});

describe('close', () => {
  test('what is in flight, and all that comes later, says that the host is closed', async () => {
    const host = await createHost({ component: misbehave });
    const { url } = await host.listen('127.0.0.1:0');
    const inFlight = [
      host.fetch('/sleep?ms=20000'),
      host.fetch('/sleep?ms=20000', { method: 'POST', body: 'x' }),
      host.replace(counter),
      host.setOptions({}),
    ].map((call) => call.then(String, (error: unknown) => error));
    await text(host, '/leak');
    await Promise.all([host.close(), host.close()]);
    for (const outcome of await Promise.all(inFlight)) expect(outcome).toMatchObject(closed);
    const later = [host.fetch('/'), host.listen(), host.replace(), host.setOptions({})];
    for (const outcome of await Promise.allSettled(later))
      expect(outcome).toMatchObject({ status: 'rejected', reason: closed });
    await expect(fetch(url)).rejects.toThrow();
    await host.close();
  });

  test('a port that is being opened is closed again', async () => {
    const host = await createHost({ component: counter });
    const address = `127.0.0.1:${await freePort()}`;
    const listening = host.listen(address).then(String, (error: unknown) => error);
    await host.close();
    expect(await listening).toMatchObject(closed);
    await expect(fetch(`http://${address}`)).rejects.toThrow();
  });
});
