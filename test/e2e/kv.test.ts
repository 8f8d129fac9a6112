import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev, type RunOptions, runKvasi } from '../support/kvasi-in-process.ts';
import { KvasiDev as DevProcess } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { freePort } from '../support/server.ts';

const configuration = `dev:
  keyvalue:
    sessions: { backend: sqlite, path: kv.db }
    files: { backend: filesystem, path: files }
    secrets: deny
`;

/** Runs a command of `kvasi kv` that has to succeed. */
async function kv(project: Project, args: readonly string[], options: RunOptions = {}) {
  const finished = await runKvasi(['kv', ...args], { cwd: project.folder, ...options });
  expect(finished, finished.stderr).toMatchObject({ code: 0 });
  return finished;
}

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);

for (const mode of ['with', 'without']) {
  test(`${mode} a running kvasi dev: values are set, read, listed and deleted, whatever their bytes`, async () => {
    await using project = await Project.create({
      '.wash/config.yaml': configuration,
      'value.bin': everyByte,
    });
    await using stack = new AsyncDisposableStack();
    if (mode === 'with') stack.use(await KvasiDev.start([component('kv-counter')], { cwd: project.folder }));
    expect(await kv(project, ['set', 'sessions', 'a', 'ü'])).toMatchObject({ stdout: '', stderr: '' });
    expect((await kv(project, ['get', 'sessions', 'a'])).stdout).toBe('ü');
    expect((await kv(project, ['get', 'sessions', 'a', '--json'])).stdout).toBe('{"key":"a","value":"ü"}\n');
    await kv(project, ['set', 'sessions', 'line\nbreak', '--file', 'value.bin']);
    await kv(project, ['set', 'sessions', 'piped'], { stdin: everyByte });
    const latin1 = Buffer.from(everyByte).toString('latin1');
    expect((await kv(project, ['get', 'sessions', 'line\nbreak'])).bytes).toBe(latin1);
    expect((await kv(project, ['get', 'sessions', 'piped'])).bytes).toBe(latin1);
    const json = JSON.parse((await kv(project, ['get', 'sessions', 'piped', '--json'])).stdout) as {
      base64: string;
    };
    expect(Buffer.from(json.base64, 'base64')).toEqual(Buffer.from(everyByte));
    expect((await kv(project, ['list', 'sessions', '--json'])).stdout).toBe(
      '{"key":"a"}\n{"key":"line\\nbreak"}\n{"key":"piped"}\n',
    );
    expect((await kv(project, ['list', 'sessions', '--prefix', 'p'])).stdout).toBe('piped\n');
    await kv(project, ['delete', 'sessions', 'a', 'piped', 'never there']);
    expect((await kv(project, ['list', 'sessions', '--json'])).stdout).toBe('{"key":"line\\nbreak"}\n');
    const missing = await runKvasi(['kv', 'get', 'sessions', 'a'], { cwd: project.folder });
    expect(missing).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining("has no key 'a'") });
    const denied = await runKvasi(['kv', 'list', 'secrets'], { cwd: project.folder });
    expect(denied).toMatchObject({ code: 1, stderr: expect.stringContaining('denied by the configuration') });
  });
}

for (const mode of ['with', 'without']) {
  test(`${mode} a running kvasi dev: the buckets are listed that hold something`, async () => {
    await using project = await Project.create({ '.wash/config.yaml': configuration });
    for (const bucket of ['sessions', 'files']) await kv(project, ['set', bucket, 'a', 'b']);
    await kv(project, ['set', 'other', 'a', 'b', '--backend', 'sqlite:kv.db']);
    await using stack = new AsyncDisposableStack();
    if (mode === 'with') {
      const kvasi = stack.use(await KvasiDev.start([component('kv-counter')], { cwd: project.folder }));
      await (await kvasi.fetch('/visits')).text();
    }
    const inMemory = mode === 'with' ? ['counters'] : [];
    const expected = [...inMemory, 'files', 'sessions'];
    expect((await kv(project, ['buckets'])).stdout).toBe(`${expected.join('\n')}\n`);
    expect((await kv(project, ['buckets', '--json'])).stdout).toBe(
      expected.map((bucket) => `${JSON.stringify({ bucket })}\n`).join(''),
    );
    expect((await kv(project, ['buckets', '--backend', 'sqlite:kv.db'])).stdout).toBe('other\nsessions\n');
  });
}

test('what is kept in memory is that of the running kvasi dev, and an error without one', async () => {
  await using project = await Project.create();
  {
    await using kvasi = await KvasiDev.start([component('http-kv-handler')], { cwd: project.folder });
    await kv(project, ['set', 'in_memory', 'mykey', 'from outside']);
    expect(await kvasi.text('/?key=mykey')).toBe('[in_memory] from outside\n');
    await kvasi.text('/', { method: 'POST', body: '{"key":"theirs","value":"v"}' });
    expect((await kv(project, ['list', 'in_memory'])).stdout).toBe('mykey\ntheirs\n');
    const note = join(project.folder, '.kvasi', 'dev.json');
    expect((await stat(note)).mode & 0o777).toBe(0o600);
    await kvasi.stop();
    await expect(stat(note)).rejects.toThrow('ENOENT');
    expect(await readdir(project.folder), 'no empty folder is left').toEqual([]);
  }
  const { code, stderr } = await runKvasi(['kv', 'get', 'in_memory', 'mykey'], { cwd: project.folder });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^kvasi: bucket 'in_memory' is kept in the memory of kvasi dev, and none runs in .*\n$/,
  );
});

test('any key that a store takes can be given to the running kvasi dev', async () => {
  await using project = await Project.create();
  await using kvasi = await KvasiDev.start([component('kv-counter')], { cwd: project.folder });
  await kvasi.until(/inspector +http/);
  for (const key of ['k'.repeat(65_536), 'é'.repeat(32_768), '\x01'.repeat(65_536)]) {
    await kv(project, ['set', 'in_memory', key, 'v']);
    expect((await kv(project, ['get', 'in_memory', key])).stdout).toBe('v');
    expect((await kv(project, ['list', 'in_memory', '--prefix', key])).stdout).toBe(`${key}\n`);
    await kv(project, ['delete', 'in_memory', key]);
    expect((await kv(project, ['list', 'in_memory'])).stdout).toBe('');
  }
});

test.skipIf(process.platform === 'win32')('a kvasi dev that is stopped is not taken for none', async () => {
  await using project = await Project.create();
  await using kvasi = await DevProcess.start([component('kv-counter')], { cwd: project.folder });
  await kvasi.until(/inspector +http/);
  kvasi.signal('SIGSTOP');
  const { code, stderr } = await runKvasi(['kv', 'list', 'in_memory'], { cwd: project.folder });
  expect(stderr).toMatch(
    /^kvasi: kvasi dev at http:\S+ \(pid \d+\) does not answer within 2 s\. Is it stopped[^\n]*\n$/,
  );
  expect(code).toBe(1);
});

test('the note of a kvasi dev that was killed is not taken for a running one', async () => {
  await using project = await Project.create({ '.wash/config.yaml': configuration });
  await using kvasi = await DevProcess.start([component('kv-counter')], { cwd: project.folder });
  await kvasi.until(/inspector +http/);
  kvasi.signal('SIGKILL');
  await kvasi.ended;
  await kv(project, ['set', 'sessions', 'a', '1']);
  // The process id may belong to somebody else by now.
  const note = JSON.parse(await readFile(join(project.folder, '.kvasi/dev.json'), 'utf8')) as object;
  await project.write('.kvasi/dev.json', JSON.stringify({ ...note, pid: process.pid }));
  expect((await kv(project, ['get', 'sessions', 'a'])).stdout).toBe('1');
});

test('an export can be imported again, and a line in error is named', async () => {
  await using project = await Project.create({ '.wash/config.yaml': configuration });
  const lines = Array.from({ length: 3000 }, (_, index) =>
    JSON.stringify({ key: `k${index}`, value: `v${index}` }),
  );
  lines.push(JSON.stringify({ key: 'bytes', base64: Buffer.from(everyByte).toString('base64') }));
  await project.write('in.jsonl', lines.join('\n'));
  const { stdout } = await kv(project, ['import', 'sessions', 'in.jsonl']);
  expect(stdout).toMatch(/^3001 keys set in bucket 'sessions' in sqlite /);
  await kv(project, ['export', 'sessions', 'out.jsonl']);
  const exported = await readFile(join(project.folder, 'out.jsonl'), 'utf8');
  expect(exported.trimEnd().split('\n').toSorted()).toEqual(lines.toSorted());
  const piped = await kv(project, ['import', 'files', '--json'], { stdin: exported });
  expect(piped.stdout).toBe('{"imported":3001}\n');
  expect((await kv(project, ['export', 'files', '--prefix', 'k299'])).stdout.split('\n')).toHaveLength(12);
  const broken = await runKvasi(['kv', 'import', 'files'], {
    cwd: project.folder,
    stdin: `${lines[0]}\nno json\n`,
  });
  expect(broken).toMatchObject({ code: 2, stderr: expect.stringContaining('line 2 is not JSON: "no json"') });
  const absent = await runKvasi(['kv', 'import', 'files', 'absent.jsonl'], { cwd: project.folder });
  expect(absent).toMatchObject({ code: 2, stderr: expect.stringContaining("absent.jsonl can't be read") });
});

test('a bucket with a seed is filled when it is empty, and left alone when it is not', async () => {
  await using project = await Project.create({
    '.wash/config.yaml':
      'dev:\n  keyvalue:\n    in_memory: { backend: in_memory, seed: seed.jsonl }\n    kept: { backend: sqlite, path: kv.db, seed: seed.jsonl }\n',
    'seed.jsonl': '{"key":"mykey","value":"seeded"}\n{"key":"bytes","base64":"AAE="}\n',
  });
  const start = () => KvasiDev.start([component('http-kv-handler')], { cwd: project.folder });
  {
    await using kvasi = await start();
    expect(kvasi.stdout).toMatch(/seeded +in_memory with 2 keys of seed\.jsonl/);
    expect(await kvasi.text('/?key=mykey')).toBe('[in_memory] seeded\n');
    await kv(project, ['set', 'kept', 'mykey', 'mine']);
  }
  {
    await using kvasi = await start();
    await kvasi.until(/inspector/);
    expect((await kv(project, ['get', 'kept', 'mykey'])).stdout).toBe('mine');
  }
  await project.write('seed.jsonl', 'no json\n');
  const { code, stderr } = await runKvasi(['dev', component('kv-counter'), '--address', 'localhost:0'], {
    cwd: project.folder,
  });
  expect(code).toBe(1);
  expect(stderr).toMatch(/bucket 'in_memory' can't be filled from .*seed\.jsonl: line 1 is not JSON/);
});

test('a request that comes while buckets are filled waits until they are', async () => {
  const port = await freePort();
  const last = 'x'.repeat(200);
  const lines = Array.from({ length: 30_000 }, (_, index) =>
    JSON.stringify({ key: `k${index}`, value: last }),
  );
  await using project = await Project.create({
    '.wash/config.yaml': `dev:\n  address: localhost:${port}\n  keyvalue:\n    in_memory: { backend: in_memory, seed: seed.jsonl }\n`,
    'seed.jsonl': lines.join('\n'),
  });
  const starting = KvasiDev.start([component('http-kv-handler')], {
    cwd: project.folder,
    address: 'as configured',
  });
  let first: string | undefined;
  while (first === undefined) {
    const answer = await fetch(`http://localhost:${port}/?key=k29999`).catch(() => undefined);
    first = await answer?.text();
  }
  await using _kvasi = await starting;
  expect(first).toBe(`[in_memory] ${last}\n`);
});
