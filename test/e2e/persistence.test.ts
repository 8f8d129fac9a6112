import { describe, expect, test } from 'vitest';
import { component, KvasiDev } from '../support/kvasi-process.ts';
import { Project } from '../support/project.ts';
import { rounds } from '../support/rounds.ts';

/** Backends that keep their data in the project's folder. */
const configurations = {
  filesystem: 'dev:\n  wasi_keyvalue_path: state\n',
  sqlite: 'dev:\n  keyvalue:\n    default: { backend: sqlite, path: state/kv.db }\n',
};

describe.for(Object.entries(configurations))('%s', ([name, configuration]) => {
  test('the guide’s flow works, and the key is there after a restart', async () => {
    await using project = await Project.create({ '.wash/config.yaml': configuration });
    const options = { cwd: project.folder };
    {
      await using kvasi = await KvasiDev.start([component('http-kv-handler')], options);
      expect(kvasi.stdout).toContain(`every identifier → ${name}`);
      expect(kvasi.stderr).toBe('');
      expect(await kvasi.text('/', { method: 'POST', body: '{"key":"mykey","value":"myvalue"}' })).toContain(
        'Stored',
      );
      expect(await kvasi.text('/?key=mykey')).toContain('myvalue');
    }
    await using again = await KvasiDev.start([component('http-kv-handler')], options);
    expect((await again.text('/?key=mykey')).trimEnd()).toBe('[in_memory] myvalue');
    expect((await again.fetch('/?key=missing')).status).toBe(404);
  });

  test('two hosts count on the same counter without losing one', async () => {
    await using project = await Project.create({ '.wash/config.yaml': configuration });
    await using one = await KvasiDev.start([component('kv-counter')], { cwd: project.folder });
    await using other = await KvasiDev.start([component('kv-counter')], { cwd: project.folder });
    const counts = await Promise.all(
      Array.from({ length: 64 }, (_, index) => (index % 2 === 0 ? one : other).text('/visits')),
    );
    const sorted = counts.map(Number).toSorted((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
  });

  test('kill -9 in the middle of writes, again and again, loses no write that was answered', {
    timeout: 300_000,
  }, async () => {
    await using project = await Project.create({ '.wash/config.yaml': configuration });
    const probe = component('kv-probe', 'kv-probe-draft');
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < rounds.killedHosts; round += 1) {
      await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
      await expectAll(kvasi, acknowledged);
      const writers = Array.from({ length: 4 }, (_, writer) =>
        writeUntilKilled(kvasi, `${round} ${writer}`, acknowledged),
      );
      // Once some are there, however busy the machine is, at any moment.
      const enough = acknowledged.size + 3 + (round % 10);
      await expect.poll(() => acknowledged.size, { timeout: 30_000, interval: 1 }).toBeGreaterThan(enough);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
      kvasi.signal('SIGKILL');
      await Promise.all(writers);
    }
    expect(acknowledged.size).toBeGreaterThan(10);
    await using kvasi = await KvasiDev.start([probe], { cwd: project.folder });
    await expectAll(kvasi, acknowledged);
  });
});

/** Values are long enough to be torn, and say which key they belong to. */
function longValue(key: string): string {
  return Buffer.from(`${key} `.repeat(2000)).toString('base64');
}

async function writeUntilKilled(
  kvasi: KvasiDev,
  name: string,
  acknowledged: Map<string, string>,
): Promise<void> {
  for (let number = 0; ; number += 1) {
    const key = `${name} ${number}`;
    try {
      const body = JSON.stringify({ bucket: 'b', key, value: longValue(key) });
      const answer = await kvasi.text('/set', { method: 'POST', body });
      if (answer !== '{"ok":null}') throw new Error(answer);
    } catch {
      return;
    }
    acknowledged.set(key, longValue(key));
  }
}

async function expectAll(kvasi: KvasiDev, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const keys = [...acknowledged.keys()];
  for (let at = 0; at < keys.length; at += 50) {
    const wanted = keys.slice(at, at + 50);
    const body = JSON.stringify({ bucket: 'b', keys: wanted });
    const { ok } = (await (await kvasi.fetch('/get-many', { method: 'POST', body })).json()) as {
      ok: unknown[];
    };
    expect(ok).toEqual(wanted.map((key) => [key, acknowledged.get(key)]));
  }
}
