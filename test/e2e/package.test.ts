import { execFile, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { complaintsOf } from '../support/compile.ts';
import { anchorsOf, linksOf } from '../support/document-links.ts';
import { component, root } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';

const run = promisify(execFile);

/** The tarball is made once: packing builds `dist/`. */
let packed: Project;
let tarball: string;

beforeAll(async () => {
  packed = await Project.create();
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', packed.folder], { cwd: root });
  const [entry] = Object.values(
    JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as Record<string, { filename: string }>,
  );
  tarball = join(packed.folder, entry?.filename ?? '');
  return () => packed[Symbol.asyncDispose]();
});

test('every link of a document in the tarball leads to something in it', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout
    .trimEnd()
    .split('\n')
    .map((path) => path.replace(/^package\//, ''));
  const documents = files.filter((path) => /^([^/]+|docs\/.*)\.md$/.test(path));
  expect(documents).toEqual(
    expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/testing.md', 'docs/commands.md']),
  );
  const textOf = (path: string): Promise<string> => readFile(join(root, path), 'utf8');
  const dead: string[] = [];
  let count = 0;
  for (const document of documents) {
    for (const { path, anchor } of linksOf(await textOf(document))) {
      count += 1;
      const target = path === '' ? document : posix.join(posix.dirname(document), path).replace(/\/$/, '');
      const isThere = files.some((file) => file === target || file.startsWith(`${target}/`));
      const hasAnchor = anchor === undefined || (isThere && anchorsOf(await textOf(target)).has(anchor));
      if (!isThere || !hasAnchor)
        dead.push(`${document}: ${path}${anchor === undefined ? '' : `#${anchor}`}`);
    }
  }
  expect(dead).toEqual([]);
  expect(count).toBeGreaterThan(40);
  expect((await stat(tarball)).size, 'nobody should wait for it').toBeLessThan(2_500_000);
});

test('the packed tarball runs with npx from another folder, as its README says', {
  timeout: 180_000,
}, async () => {
  await using project = await Project.create({ 'package.json': '{"private":true}' });
  await run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project.folder });
  const [, line = ''] =
    /^ {4}npx (kvasi dev node_modules\/kvasi\/.*)$/m.exec(await readFile(join(root, 'README.md'), 'utf8')) ??
    [];
  const child = spawn('npx', [...line.split(' '), '--address', 'localhost:0'], {
    cwd: project.folder,
    // npm scripts put the repository's Node in front; it goes on being the one in use.
    env: {
      ...process.env,
      NO_COLOR: '1',
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  try {
    const [url, inspector] = await new Promise<[url: string, inspector: string]>((resolve, reject) => {
      let printed = '';
      const read = (chunk: Buffer): void => {
        printed += String(chunk);
        const found = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
        if (found !== undefined) resolve([/http:\/\/localhost:\d+/.exec(printed)?.[0] ?? '', found]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('close', (code) => reject(new Error(`npx ended with ${code}:\n${printed}`)));
    });
    expect(await (await fetch(`${url}/?key=missing`)).text()).toBe("[in_memory] Key 'missing' not found\n");
    const page = await (await fetch(inspector)).text();
    const files = [...page.matchAll(/(?:href|src)="(\/[^"]+)"/g)].map(([, path]) => path);
    expect(files, 'a browser has to ask for these only').toEqual([
      '/inspector/page/icon.svg',
      '/inspector/page/page.css',
      '/inspector/page/page.js',
      '/interfaces/keyvalue/inspector/page/buckets-page.js',
      '/inspector/page/shared.js',
      '/inspector/page/page.js',
    ]);
    for (const path of files) expect((await fetch(`${inspector}${path}`)).status, path).toBe(200);
    expect((await fetch(`${inspector}/api/v1/openapi.json`)).status).toBe(200);
  } finally {
    const ended = new Promise((resolve) => child.once('close', resolve));
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
  }
});

test('a Node without JSPI is refused in one line', { timeout: 60_000 }, async ({ skip }) => {
  const old = await oldNode();
  if (old === undefined) {
    console.warn('SKIPPED: no Node older than 24 in the PATH to try the refusal with');
    skip('no Node older than 24 in the PATH');
    return;
  }
  const failed: unknown = await run(old, [join(root, 'dist/host/cli/main.js'), 'dev']).catch(
    (error: unknown) => error,
  );
  expect(failed).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^kvasi: kvasi needs Node 24 or newer, this is Node [\d.]+.*\n$/),
  });
  for (const [file, name] of [
    ['index.js', 'createHost'],
    ['testing.js', 'startHost'],
  ] as const) {
    const library = JSON.stringify(join(root, 'dist/host', file));
    const program = `import(${library}).then(({ ${name} }) => ${name}({ component: 'app.wasm' }))
      .catch(({ name, message }) => console.log(name, message))`;
    const { stdout } = await run(old, ['-e', program]);
    expect(stdout).toMatch(/^HostError kvasi needs Node 24 or newer, this is Node [\d.]+.*\n$/);
  }
});

/** The first Node in the PATH that is too old, if there is one. */
async function oldNode(): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const file = join(folder, 'node');
    try {
      accessSync(file, constants.X_OK);
      const { stdout } = await run(file, ['--version']);
      if (Number(/^v(\d+)/.exec(stdout)?.[1]) < 24) return file;
    } catch {
      // No Node in this folder.
    }
  }
  return undefined;
}

test('the tests of README.md and docs/testing.md pass in a project that installs the package', {
  timeout: 300_000,
}, async () => {
  await using project = await Project.create({
    'package.json': '{"private":true,"type":"module"}',
    '.wash/config.yaml': 'dev: { component_path: kv-counter.wasm, keyvalue: { secrets: deny } }',
  });
  const { folder } = project;
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { vitest: string };
  };
  await run('npm', ['install', '--no-audit', '--no-fund', tarball, `vitest@${devDependencies.vitest}`], {
    cwd: folder,
  });
  const isForNode: string[] = [];
  let isForVitest = 0;
  for (const document of ['README.md', 'docs/testing.md']) {
    const text = await readFile(join(root, document), 'utf8');
    for (const [index, [, block = '']] of [...text.matchAll(/^```js\n(.*?)^```$/gms)].entries()) {
      const runner = /from 'node:test'/.test(block) ? 'node' : 'vitest';
      const name = `${document.replaceAll(/\W/g, '-')}-${index}.${runner === 'node' ? 'node' : 'test'}.js`;
      await writeFile(join(folder, name), block);
      if (runner === 'node') isForNode.push(name);
      else isForVitest += 1;
    }
  }
  for (const name of [
    'http-kv-handler',
    'kv-counter',
    'workers-kv',
    'kv-race',
    'outgoing/forward',
    'blobs/blob-probe',
  ])
    await copyFile(component(name, basename(name)), join(folder, `${basename(name)}.wasm`));
  expect(isForVitest).toBeGreaterThan(6);
  expect(isForNode).toHaveLength(2);
  const env = { ...process.env, NO_COLOR: '1' };
  const vitest = await run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run'], { cwd: folder, env });
  expect(vitest.stdout).toContain(`Test Files  ${isForVitest} passed`);
  const node = await run(process.execPath, ['--test', ...isForNode], { cwd: folder, env });
  expect(node.stdout).toMatch(/fail 0\n/);
});

test('its types compile with and without DOM, with vitest and with Jest', { timeout: 600_000 }, async () => {
  await using project = await Project.create({ 'package.json': '{"private":true,"type":"module"}' });
  const { folder } = project;
  const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    devDependencies: { vitest: string; typescript: string };
  };
  await run(
    'npm',
    [
      ...['install', '--no-audit', '--no-fund', tarball],
      ...[`typescript@${devDependencies.typescript}`, 'typescript-5@npm:typescript@5'],
      ...[`vitest@${devDependencies.vitest}`, 'jest@30', '@jest/globals@30', '@types/jest@30'],
    ],
    { cwd: folder },
  );
  const ofJest = 'of-jest-types.ts';
  const others = ['library.ts', 'of-vitest.ts', 'of-jest-globals.ts'];
  for (const file of [...others, ofJest]) await copyFile(join(root, 'test/types', file), join(folder, file));
  const libraries = ['es2024', 'esnext.disposable'];
  const node = { module: 'nodenext', moduleResolution: 'nodenext' };
  const bundler = { module: 'esnext', moduleResolution: 'bundler' };
  for (const compiler of ['typescript', 'typescript-5']) {
    const path = join(folder, 'node_modules', compiler, 'bin/tsc');
    for (const lib of [libraries, [...libraries, 'dom', 'dom.iterable']]) {
      for (const resolution of [node, bundler]) {
        const options = { ...resolution, lib, types: [] };
        expect(
          await complaintsOf(path, folder, others, options),
          `${compiler} ${JSON.stringify(options)}`,
        ).toBe('');
      }
    }
    const options = { ...node, lib: libraries, types: ['jest'] };
    expect(await complaintsOf(path, folder, [ofJest], options), `${compiler}, @types/jest`).toBe('');
  }

  // What is typed works, too.
  await copyFile(component('kv-counter'), join(folder, 'kv-counter.wasm'));
  const body = `
    const host = await startHost({ component: 'kv-counter.wasm', clock: new Date('2030-01-01') });
    await expect(await host.fetch('/visits')).toHaveStatus(200);
    await expect(host).toHaveEntry('counters', 'visits', expect.any(Number));
    await expect(expect(host).toHaveEntry('counters', 'visits', '2')).rejects.toThrow('expected "2"');
    expect(host).toHaveOperation({ op: 'increment', key: 'visits' });
    await host.close();`;
  const imports = `import { startHost } from 'kvasi/testing';\nimport 'kvasi/jest';\n`;
  await writeFile(join(folder, 'a.test.js'), `${imports}test('it counts', async () => {${body}});\n`);
  await writeFile(
    join(folder, 'b.test.js'),
    `${imports}import { expect, test } from '@jest/globals';\ntest('it counts', async () => {${body}});\n`,
  );
  const jest = ['node_modules/jest/bin/jest.js', '--transform', '{}', '--rootDir', '.'];
  const env = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '--experimental-vm-modules' };
  for (const [file, ...flags] of [['a.test.js'], ['b.test.js', '--injectGlobals=false']] as const) {
    const { stderr } = await run(process.execPath, [...jest, ...flags, file], { cwd: folder, env });
    expect(stderr).toContain('Tests:       1 passed, 1 total');
  }
});
