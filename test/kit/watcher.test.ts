import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { startHost, type TestHost } from '../../host/testing.ts';
import { component } from '../support/kvasi-in-process.ts';

const options = {
  component: component('watching/watcher', 'watcher'),
  config: { watches: 'visits, sessions user:*' },
};

async function text(host: TestHost, key: string): Promise<string | undefined> {
  const value = await host.bucket('noted').get(key);
  return value === undefined ? undefined : Buffer.from(value).toString();
}

describe('a component that watches buckets', () => {
  test('is told what requests and tests set and delete', async () => {
    await using host = await startHost(options);
    expect((await host.fetch('/set?bucket=visits&key=a&value=1')).status).toBe(200);
    await expect.poll(() => text(host, 'last:a')).toBe('1');
    await host.bucket('visits').set('a', '2');
    await expect.poll(() => text(host, 'last:a')).toBe('2');
    expect((await host.fetch('/delete?bucket=visits&key=a')).status).toBe(200);
    await expect.poll(() => text(host, 'last:a')).toBe('gone');
  });

  test('is told of no keys but those that it names', async () => {
    await using host = await startHost(options);
    const sessions = host.bucket('sessions');
    await sessions.set('other', '1');
    await host.bucket('unwatched').set('user:0', '1');
    await sessions.set('user:1', '1');
    await expect.poll(() => text(host, 'last:user:1')).toBe('1');
    expect(await host.bucket('noted').keys()).toEqual(['count:user:1', 'last:user:1']);
  });

  test('gets several changes of one key as one, and the last one last', async () => {
    await using host = await startHost(options);
    const visits = host.bucket('visits');
    for (let value = 0; value < 50; value += 1) await visits.set('wait', String(value));
    await expect.poll(() => text(host, 'last:wait'), { timeout: 5000 }).toBe('49');
    expect(Number(await text(host, 'count:wait'))).toBeLessThanOrEqual(3);
  });

  test('that traps is told of the next change, and what it did is recorded', async () => {
    await using host = await startHost(options);
    await host.bucket('visits').set('stumble', '1');
    await expect
      .poll(() => host.output())
      .toMatch(/main was not told of stumble: the component trapped: unreachable/);
    await host.bucket('visits').set('k', '1');
    await expect.poll(() => text(host, 'last:k')).toBe('1');
    const operations = host.operations().map(({ op, bucket, key }) => `${op} ${bucket} ${key}`);
    expect(operations).toContain('get visits k');
    expect(operations).toContain('set noted last:k');
  });

  test('that writes what it is called for is slowed down, and nothing else is', async () => {
    await using host = await startHost(options);
    await host.bucket('visits').set('again', '');
    await expect
      .poll(() => host.output(), { timeout: 5000 })
      .toMatch(/key 'again' changes each time right after it was handled/);
    const before = Number(await text(host, 'count:again'));
    await sleep(1000);
    expect(Number(await text(host, 'count:again')) - before).toBeLessThanOrEqual(6);
    await host.bucket('visits').set('k', '1');
    await expect.poll(() => text(host, 'last:k')).toBe('1');
  });

  test('is not told of what a reset removes', async () => {
    await using host = await startHost(options);
    await host.bucket('visits').set('k', '1');
    await expect.poll(() => text(host, 'count:k')).toBe('1');
    // The call ends a moment later; one that is under way may write after the reset.
    await sleep(100);
    await host.reset();
    await sleep(300);
    expect(await host.bucket('noted').keys()).toEqual([]);
    await host.bucket('visits').set('k', '2');
    await expect.poll(() => text(host, 'last:k')).toBe('2');
  });

  test('and names no bucket is warned of', async () => {
    await using host = await startHost({ ...options, config: {} });
    await host.bucket('visits').set('k', '1');
    expect(host.output()).toMatch(
      /main exports a watcher and watches nothing: name buckets as watches in its config/,
    );
  });
});
