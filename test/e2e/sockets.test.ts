import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHost, type Host } from '../../host/index.ts';
import { freePort } from '../support/free-port.ts';
import { root, runKvasi } from '../support/kvasi-in-process.ts';
import { StartedKvasi } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const wasm = `${root}/components/commands/sockets/sockets.wasm`;
const wasmAsync = `${root}/components/commands/sockets-async/sockets-async.wasm`;
/** How a guest names this machine. */
const machine = '127.255.255.254';

/** A server of this machine, and who is connected. */
const connections = new Set<Socket>();
let echo: Server;
let echoPort: number;
let udp: ReturnType<typeof createSocket>;
let project: Project;
let host: Host;
const warnings: string[] = [];

beforeAll(async () => {
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket)).on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  echoPort = (echo.address() as AddressInfo).port;
  udp = createSocket('udp4');
  udp.on('message', (bytes, { port, address }) => udp.send(`${bytes}!`, port, address));
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  project = await Project.create({
    '.wash/config.yaml': [
      'dev:',
      `  component_path: ${wasm}`,
      '  max_outbound_socket_connections_per_workload: 50',
      'workload:',
      '  allowedHosts: []',
      '  allowedIpNameLookups: [localhost, "*.invalid"]',
      `  allowedHostLoopbackPorts: [${echoPort}, "${udp.address().port}/udp"]`,
    ].join('\n'),
  });
  host = await createHost({ config: `${project.folder}/.wash/config.yaml` });
  host.on('warning', (message) => warnings.push(message));
});

afterAll(async () => {
  await host.close();
  await project[Symbol.asyncDispose]();
  echo.close();
  for (const socket of connections) socket.destroy();
  udp.close();
});

/** Each line is a call of the component's; what they answer. */
async function calls(...lines: readonly string[]): Promise<string[]> {
  const response = await host.fetch('/', { method: 'POST', body: lines.join('\n') });
  return (await response.text()).trimEnd().split('\n');
}

test('a component talks to a server of this machine over a port that is allowed', async () => {
  expect(await calls(`connect ${machine}:${echoPort} hello`)).toEqual(['hello']);
  const long = 'x'.repeat(300_000);
  expect((await calls(`connect ${machine}:${echoPort} ${long}`))[0]?.length).toBe(long.length);
});

test('a component sends datagrams to this machine, and gets what is sent back', async () => {
  const { port } = udp.address();
  expect(await calls(`udp ${machine}:${port} hello`)).toEqual([`hello! from ${machine}:${port}`]);
});

test('what is not allowed is access-denied, and the key that would allow it is told once', async () => {
  expect(
    await calls('connect 10.1.2.3:80 x', 'connect 10.1.2.3:80 x', `knock ${machine}:1`, 'udp 10.1.2.3:53 x'),
  ).toEqual(['error access-denied', 'error access-denied', 'error access-denied', 'error access-denied']);
  await expect
    .poll(() => warnings)
    .toContain('UDP to 10.1.2.3:53 was denied; workload.allowedHosts: ["10.1.2.3:53"] allows it');
  expect(warnings.filter((text) => text.startsWith('TCP to 10.1.2.3:80 was denied'))).toEqual([
    'TCP to 10.1.2.3:80 was denied; workload.allowedHosts: ["10.1.2.3:80"] allows it',
  ]);
  expect(warnings).toContain(
    `TCP to ${machine}:1 was denied; workload.allowedHostLoopbackPorts: ["1"] allows this port of the machine`,
  );
});

test('a component that answers requests can not listen, and its 127.0.0.1 is nobody else s', async () => {
  expect(await calls('bind 127.0.0.1:80', 'bind 0.0.0.0:80', `knock 127.0.0.1:${echoPort}`)).toEqual([
    'error access-denied',
    'error access-denied',
    'error connection-refused',
  ]);
});

test('names are looked up where the rules allow them', async () => {
  expect(
    await calls(
      'lookup localhost',
      'lookup example.com',
      'lookup no-such-name.invalid',
      'lookup 1.2.3.4',
      'lookup a..b',
    ),
  ).toEqual([
    '127.0.0.1',
    'error permanent-resolver-failure',
    'error name-unresolvable',
    'error permanent-resolver-failure',
    'error invalid-argument',
  ]);
  expect(
    await calls(
      'lookup host.wasmcloud.internal',
      'lookup service.wasmcloud.internal',
      'lookup x.wasmcloud.internal',
    ),
  ).toEqual([machine, '127.0.0.1', 'error name-unresolvable']);
});

test('each state has its errors', async () => {
  expect(await calls('states')).toEqual([
    'invalid-state invalid-state not-in-progress not-in-progress invalid-state invalid-state invalid-state ' +
      'invalid-argument invalid-argument invalid-argument invalid-argument invalid-argument ' +
      'connection-refused invalid-state invalid-state invalid-state',
  ]);
  expect(await calls('options')).toEqual(['true 1000000000 5 67108864 invalid-argument invalid-argument']);
});

test('a component that opens sockets without end gets so many, and the next request as many again', async () => {
  expect(await calls('open 10000')).toEqual(['1000 then new-socket-limit']);
  expect(await calls('open 10000', 'open 10')).toEqual(['1000 then new-socket-limit', '10']);
});

test('connections to outside are counted for the workload, and closed with the request that opened them', async () => {
  expect(await calls(`crowd ${machine}:${echoPort} 100`)).toEqual(['50 then out-of-memory']);
  await expect.poll(() => connections.size).toBe(0);
  expect(await calls(`crowd ${machine}:${echoPort} 40`)).toEqual(['40']);
});

test('operations of a request have its connections', async () => {
  const operations = new Promise<readonly { readonly op: string }[]>((resolve) => {
    host.once('request', ({ operations: made }) => resolve(made));
  });
  await calls(`connect ${machine}:${echoPort} hello`, 'lookup no-such-name.invalid');
  expect(await operations).toMatchObject([
    { interface: 'wasi:sockets', op: 'tcp.connect', address: `${machine}:${echoPort}` },
    { interface: 'wasi:sockets', op: 'resolve-addresses', error: 'name-unresolvable' },
  ]);
});

test('a request that waits for a socket for ever is given up, and its connection closed', async () => {
  await using impatient = await createHost({
    config: `${project.folder}/.wash/config.yaml`,
    requestTimeout: '500ms',
  });
  const response = await impatient.fetch('/', { method: 'POST', body: `wait ${machine}:${echoPort}` });
  expect(response.status).toBe(504);
  await expect.poll(() => connections.size).toBe(0);
});

/** Whether somebody listens. */
async function isOpen(port: number): Promise<boolean> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

test.for([
  ['0.2', wasm],
  ['0.3', wasmAsync],
] as const)('a command of WASI %s serves TCP and UDP on a port that is published', async ([, file]) => {
  const port = await freePort();
  const kvasi = new StartedKvasi(['run', '--publish', `${port}:7777`, '--publish', `${port}:7777/udp`, file]);
  try {
    await kvasi.until(/listening on 127\.0\.0\.1:7777/);
    await expect.poll(() => isOpen(port)).toBe(true);
    const answers = Array.from({ length: 20 }, async (_, index) => {
      const socket = connect({ port, host: '127.0.0.1' });
      socket.end(String(index).repeat(10_000));
      return (await text(socket)) === String(index).repeat(10_000);
    });
    expect(await Promise.all(answers)).toEqual(Array(20).fill(true));
    const client = createSocket('udp4');
    client.send('datagram', port, '127.0.0.1');
    expect(String((await once(client, 'message'))[0])).toBe('datagram');
    client.close();
  } finally {
    kvasi.kill('SIGINT');
  }
  expect(await kvasi.ended).toBe(130);
});

test('a port that is in use, or published twice, is told before the command is run', async () => {
  const run = async (...ports: readonly string[]) =>
    await runKvasi(['run', ...ports.flatMap((port) => ['--publish', port]), wasm]);
  const { code, stdout, stderr } = await run(`${echoPort}:7777`);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  const owner = process.platform === 'linux' ? `.* \\(pid ${process.pid}\\)` : '.*';
  expect(stderr).toMatch(
    new RegExp(`^kvasi: port ${echoPort} can't be published: it is in use by ${owner}\\. .*--publish.*\n$`),
  );
  const datagrams = await run(`${udp.address().port}:7777/udp`);
  expect(datagrams.code).toBe(1);
  expect(datagrams.stderr).toMatch(
    /^kvasi: UDP port \d+ can't be published: it is in use by another process\./,
  );
  const free = await freePort();
  const twice = await run(`${free}:7777`, `${free}:7778`);
  expect(twice.code).toBe(1);
  expect(twice.stderr).toContain(`port ${free} is published twice`);
});

test('a port of the file that another host of the project has does not keep a command from running', async () => {
  await using other = await Project.create({
    '.wash/config.yaml': `dev: { service_ports: [{ name: a, port: 7777, publish: ${echoPort} }] }`,
  });
  const args = ['-C', other.folder, 'run', `${root}/components/commands/tool/tool.wasm`, 'arguments'];
  expect(await runKvasi(args)).toMatchObject({ code: 0, stderr: '' });
});

test('a command of WASI 0.3 talks to this machine, and its errors are cases', async () => {
  const run = async (...args: string[]) =>
    (await runKvasi(['run', '-C', project.folder, wasmAsync, ...args])).stdout;
  expect(await run('connect', `${machine}:${echoPort}`, 'hello')).toBe('hello\n');
  expect(await run('udp', `${machine}:${udp.address().port}`, 'hello')).toBe(
    `hello! from ${machine}:${udp.address().port}\n`,
  );
  expect(await run('states')).toBe(
    'InvalidState InvalidState InvalidState InvalidArgument InvalidArgument ConnectionRefused InvalidState ' +
      'InvalidState InvalidState AccessDenied\n',
  );
  expect(await run('lookup', 'example.com')).toBe('permanent-resolver-failure\n');
  expect(await run('open', '5000')).toBe('1000 then ErrorCode::Other(Some("new-socket-limit"))\n');
});

test('ports, names and published ports that are none are told with their place', async () => {
  await using wrong = await Project.create({
    '.wash/config.yaml': [
      'dev:',
      '  service_ports: [{ name: a, port: 70000 }, { name: b, port: 1, bind: 10.0.0.1 }]',
      'workload:',
      '  allowedIpNameLookups: ["https://a"]',
      '  allowedHostLoopbackPorts: ["1-5"]',
    ].join('\n'),
  });
  const { stderr } = await runKvasi(['config', '-C', wrong.folder]);
  expect(stderr).toContain('config.yaml:2:36: dev.service_ports[0].port is 70000');
  expect(stderr).toContain('config.yaml:4:26: workload.allowedIpNameLookups[0] is "https://a"');
  expect(stderr).toContain('config.yaml:5:30: workload.allowedHostLoopbackPorts[0] is "1-5"');
  expect((await runKvasi(['run', '--publish', 'x', wasm])).stderr).toContain(
    '--publish is "x". Expected a port',
  );
});
