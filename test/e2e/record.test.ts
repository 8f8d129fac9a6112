import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { component, KvasiDev, runKvasi } from '../support/kvasi-in-process.ts';
import { Project } from '../support/project.ts';
import { exchangeRaw } from '../support/raw-http.ts';

/** Does something with a component while it is recorded, and answers the file and what was said at the end. */
async function recorded(
  project: Project,
  args: readonly string[],
  act: (kvasi: KvasiDev) => Promise<unknown>,
): Promise<{ text: string; stderr: string }> {
  await using kvasi = await KvasiDev.start([...args, '--record', 'scenarios.yaml'], { cwd: project.folder });
  await act(kvasi);
  await kvasi.stop();
  expect(await kvasi.ended).toBe(0);
  const text = await readFile(join(project.folder, 'scenarios.yaml'), 'utf8').catch(() => '');
  return { text, stderr: kvasi.stderr };
}

test('what was done by hand is a scenario that passes at once, on other backends too', async () => {
  await using project = await Project.create();
  const { text, stderr } = await recorded(project, [component('http-kv-handler')], async (kvasi) => {
    await kvasi.text('/', { method: 'POST', body: '{"key":"a","value":"ü\\u0000"}' });
    await kvasi.text('/?key=a');
    await runKvasi(['kv', 'set', 'in_memory', 'b', 'by hand'], { cwd: project.folder });
    expect(await kvasi.text('/?key=b')).toContain('by hand');
    await runKvasi(['kv', 'delete', 'in_memory', 'b'], { cwd: project.folder });
    await kvasi.text('/?key=b', { headers: { authorization: 'Bearer s3cret', 'x-mine': '1' } });
  });
  expect(stderr).toBe('kvasi: recorded 4 requests in scenarios.yaml\n');
  expect(text).not.toContain('s3cret');
  expect(text).toContain(`      - request:
          method: GET
          path: /?key=b
          headers:
            x-mine: "1"
        expect:
          status: 404
          headers:
            content-type: text/plain; charset=utf-8
          body: |
            [in_memory] Key 'b' not found
    after:
      in_memory:
        a:
          base64: w7wA
`);
  expect(text).toMatch(/- write:\n +in_memory:\n +b: by hand\n/);
  expect(text).toMatch(/- write:\n +in_memory:\n +b: null\n/);
  const { code, stdout } = await runKvasi(['test', '--against', 'in_memory,filesystem,sqlite'], {
    cwd: project.folder,
  });
  expect(stdout).toMatch(/\n3 passed, 0 failed\n$/);
  expect(code).toBe(0);
});

test('seeds are what buckets hold before; surroundings are written but for secrets', async () => {
  await using project = await Project.create({
    'seed.jsonl': '{"key": "visits", "value": "41"}\n',
    '.wash/config.yaml': `dev:
  keyvalue:
    default: { backend: sqlite, path: kv.db }
    counters: { backend: sqlite, path: kv.db, seed: seed.jsonl }
workload:
  environment:
    config: { GREETING: hello, API_TOKEN: s3cret }
`,
  });
  const { text, stderr } = await recorded(project, [component('kv-counter')], (kvasi) =>
    kvasi.text('/visits'),
  );
  expect(text).toMatch(/environment:\n +GREETING: hello\nscenarios:/);
  expect(text).toMatch(/before:\n +counters:\n +visits: "41"\n/);
  expect(text).toMatch(/after:\n +counters:\n +visits: "42"\n/);
  expect(text + stderr).not.toContain('s3cret');
  expect(stderr).toContain('API_TOKEN is a secret');
  // What the project keeps is not touched.
  await expect(stat(join(project.folder, 'kv.db'))).rejects.toThrow('ENOENT');
  expect((await runKvasi(['test'], { cwd: project.folder })).code).toBe(0);
});

test('what differs from run to run is not compared, and that is said', async () => {
  await using project = await Project.create();
  // The answer has the port in it.
  const { text, stderr } = await recorded(project, [component('misbehave')], async (kvasi) => {
    await kvasi.text('/headers');
    await kvasi.text('/status/418');
  });
  expect(stderr).toContain(
    'not compared, as it differs from run to run: step 1, GET /headers, expect.body\n',
  );
  expect(text).toContain('body: |\n            418\n');
  expect(text).not.toContain('authority');
  expect((await runKvasi(['test'], { cwd: project.folder })).code).toBe(0);
});

test('without a request nothing is written', async () => {
  await using project = await Project.create();
  const { text, stderr } = await recorded(project, [component('hello')], async () => {});
  expect(text).toBe('');
  expect(stderr).toBe('kvasi: no request came, so scenarios.yaml was not written\n');
});

test.for([
  ['there.yaml', /--record: there\.yaml is there already\. Name another file, or remove it\./],
  ['none/a.yaml', /--record: there is no folder .*none for none\/a\.yaml\. Make it first\./],
  ['a.json', /--record is "a\.json"\. Expected a file that ends in \.yaml\./],
] as const)('--record %s is refused', async ([file, message]) => {
  await using project = await Project.create({ 'there.yaml': '' });
  const args = ['dev', component('hello'), '--record', file];
  const { code, stderr } = await runKvasi(args, { cwd: project.folder });
  expect(stderr).toMatch(message);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(code).toBe(2);
});

test('requests that no scenario can send are left out, and the file can be read', async () => {
  await using project = await Project.create();
  const { stderr } = await recorded(project, [component('hello')], async (kvasi) => {
    await kvasi.text('/');
    const end = ['host: localhost', 'connection: close'];
    await exchangeRaw(kvasi.url, 'TRACE / HTTP/1.1', ...end, '', '');
    await exchangeRaw(kvasi.url, 'GET /body HTTP/1.1', 'content-length: 2', ...end, '', 'hi');
  });
  expect(stderr).toContain("kvasi: not recorded, as kvasi test can't send it: TRACE /\n");
  expect(stderr).toContain("kvasi: not recorded, as kvasi test can't send it: GET /body\n");
  expect((await runKvasi(['test'], { cwd: project.folder })).stdout).toMatch(/\n1 passed, 0 failed\n$/);
});
