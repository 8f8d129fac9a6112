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
});
