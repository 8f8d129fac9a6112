import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { freePort } from '../support/free-port.ts';
import { KvasiDev, root, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';

const commands = `${root}/components/commands`;
const sockets = `${commands}/sockets/sockets.wasm`;
const socketsAsync = `${commands}/sockets-async/sockets-async.wasm`;
const tool = `${commands}/tool/tool.wasm`;

/** A project whose component calls sockets, with a service beside it. @param more lines of `dev` */
async function projectWith(service: string, ...more: readonly string[]): Promise<Project> {
  const dev = [`component_path: ${sockets}`, `service_file: ${service}`, ...more];
  return await Project.create({ '.wash/config.yaml': `dev:\n${dev.map((line) => `  ${line}\n`).join('')}` });
}

async function call(url: string, line: string): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: line });
  return (await response.text()).trimEnd();
}

test.for([
  ['0.2', sockets, 'sockets'],
  ['0.3', socketsAsync, 'sockets-async'],
] as const)(
  'a service of WASI %s is reached by the component, and from outside where it is published',
  async ([, file, name]) => {
    const port = await freePort();
    await using project = await projectWith(
      file,
      `service_ports: [{ name: echo, port: 7777, publish: ${port} }]`,
    );
    await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: project.folder });
    // From the first request on, although the service may not listen yet.
    expect(await call(kvasi.url, 'connect 127.0.0.1:7777 hello')).toBe('hello');
    expect(await call(kvasi.url, 'connect 127.0.0.1:7778 hello')).toBe('error connection-refused');
    expect(await call(kvasi.url, 'udp 127.0.0.1:7777 hello')).toBe('hello from 127.0.0.1:7777');
    expect(await call(kvasi.url, `connect 127.0.0.1:7777 ${'x'.repeat(120_000)}`)).toHaveLength(120_000);
    const many = Array.from({ length: 50 }, (_, index) => call(kvasi.url, `connect 127.0.0.1:7777 ${index}`));
    expect(await Promise.all(many)).toEqual(Array.from({ length: 50 }, (_, index) => `${index}`));
    const outside = connect({ port, host: '127.0.0.1' }).end('from outside');
    expect(await text(outside)).toBe('from outside');
    await kvasi.until(new RegExp(`\\[${name}\\] listening on 127\\.0\\.0\\.1:7777`));
    expect(kvasi.stdout).toMatch(/service {3}.*sockets/);
  },
);

test('a port of this machine that is in use, and that a service is to have, is told at the start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const ports = `service_ports: [{ name: echo, port: 7777, publish: ${port} }]`;
  await using project = await projectWith(sockets, ports);
  try {
    const { code, stderr } = await runKvasi(['dev', '--no-inspector', '--address', 'localhost:0'], {
      cwd: project.folder,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(new RegExp(`^kvasi: port ${port} can't be published: it is in use by .*\n$`));
    await expect(createHost({ config: `${project.folder}/.wash/config.yaml` })).rejects.toMatchObject({
      name: 'HostError',
      code: 'address',
    });
  } finally {
    taken.close();
  }
});

test('a service that ends with an error is started again, ever more slowly', async () => {
  await using project = await projectWith(tool);
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: project.folder });
  await kvasi.until(/the service tool ended with an error; it is started again in 100ms/);
  await kvasi.until(/it is started again in 800ms/);
  const told = kvasi.stderr.match(/started again in \d+ms/g);
  expect(told).toEqual([100, 200, 400, 800].map((pause) => `started again in ${pause}ms`));
  // Requests are served all the while.
  expect(await call(kvasi.url, 'lookup localhost')).toBe('127.0.0.1');
});

test('a service whose file changes is run again', async () => {
  await using project = await Project.create();
  const file = await project.write('service.wasm', '');
  await copyFile(socketsAsync, file);
  await project.write(
    '.wash/config.yaml',
    `dev: { component_path: ${sockets}, service_file: service.wasm }\nworkload: { environment: { config: { PORT: "0" } } }\n`,
  );
  await using kvasi = await KvasiDev.start(['--no-inspector'], { cwd: project.folder });
  await kvasi.until(/\[service\] listening on 127\.0\.0\.1:\d+/);
  // The file is another one: it is run in place of the one before.
  await copyFile(tool, file);
  await kvasi.until(/the service service ended with an error/);
  await kvasi.until(/reloaded.* service /);
  // One that can't be run changes nothing.
  await copyFile(`${root}/components/hello/hello.wasm`, file);
  await kvasi.until(/does not export wasi:cli\/run[\s\S]*The service that ran before goes on\./);
});

test('a service that ends well has ended', async () => {
  await using project = await projectWith(tool);
  await using kvasi = await KvasiDev.start(['--no-inspector', '--env', 'JOB=arguments'], {
    cwd: project.folder,
  });
  await kvasi.until(/\[tool\] tool\.wasm\n\[tool\] arguments/);
  await kvasi.until(/the service tool has ended; it is not started again/);
  expect(kvasi.stderr).not.toContain('again in');
});

test('a service that can not be run is told with its place, before anything is served', async () => {
  const stderrOf = async (dev: string) => {
    await using project = await Project.create({
      '.wash/config.yaml': `dev: { component_path: ${sockets}, ${dev} }`,
    });
    return (await runKvasi(['dev', '--no-inspector', '--address', 'localhost:0'], { cwd: project.folder }))
      .stderr;
  };
  expect(await stderrOf(`service_file: ${root}/components/hello/hello.wasm`)).toMatch(
    /hello\.wasm does not export wasi:cli\/run/,
  );
  expect(await stderrOf('service_file: absent.wasm')).toMatch(/absent\.wasm does not exist/);
  expect(await stderrOf('service_file: a.wasm, service_image: ./b.wasm')).toMatch(
    /config\.yaml:1:\d+: dev\.service_image and dev\.service_file each name the service/,
  );
});

test('an image of a registry is no service yet, and that is told', async () => {
  await using project = await Project.create({
    '.wash/config.yaml': `dev: { component_path: ${sockets}, service_image: "ghcr.io/a/b:1" }`,
  });
  const { stdout, stderr } = await runKvasi(['config'], { cwd: project.folder });
  expect(stdout).toMatch(/^service = \(none\)/m);
  expect(stderr).toMatch(
    /dev\.service_image is "ghcr\.io\/a\/b:1", and nothing is pulled from registries yet: no service runs/,
  );
});

test('a host of a program runs the service of its file, and ends it', async () => {
  const port = await freePort();
  await using project = await projectWith(
    sockets,
    `service_ports: [{ name: echo, port: 7777, publish: ${port} }]`,
  );
  const printed: string[] = [];
  {
    await using host = await createHost({ config: `${project.folder}/.wash/config.yaml` });
    host.on('print', ({ service, request, bytes }) =>
      printed.push(`${service} ${request} ${Buffer.from(bytes)}`),
    );
    const response = await host.fetch('/', { method: 'POST', body: 'connect 127.0.0.1:7777 hello' });
    expect(await response.text()).toBe('hello\n');
  }
  await expect(text(connect({ port, host: '127.0.0.1' }))).rejects.toThrow(/ECONNREFUSED/);
});
