import { expect, test } from 'vitest';
import { createHost } from '../../host/index.ts';
import { pattern } from '../../host/interfaces/blobstore/conformance/case.ts';
import { blobGuests, guestDriver } from '../support/blob-guest-driver.ts';

const guests = Object.keys(blobGuests) as readonly (keyof typeof blobGuests)[];

/** A component that serves requests, and how to ask its store. */
async function served(guest: keyof typeof blobGuests) {
  const host = await createHost({ component: blobGuests[guest] });
  const { url } = await host.listen('127.0.0.1:0');
  const fetched = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  return {
    url,
    fetch: fetched,
    driver: guestDriver(fetched, guest),
    [Symbol.asyncDispose]: () => host.close(),
  };
}

test.each(guests)('%s: what is read is whole, although the object is deleted meanwhile', async (guest) => {
  await using host = await served(guest);
  await host.driver.createContainer('c');
  await host.driver.put({ container: 'c', object: 'k' }, [pattern(3_000_000)]);
  const response = await host.fetch('/get-data?container=c&object=k&then=delete');
  expect(Buffer.compare(Buffer.from(await response.arrayBuffer()), pattern(3_000_000))).toBe(0);
  expect(await host.driver.list('c')).toEqual([]);
});

test.each(guests)(
  '%s: a guest that reads nothing, and a client that goes, hold nothing up',
  async (guest) => {
    await using host = await served(guest);
    await host.driver.createContainer('c');
    await host.driver.put({ container: 'c', object: 'k' }, [pattern(6_000_000)]);
    for (let count = 0; count < 20; count += 1) {
      expect(await (await host.fetch('/get-data?container=c&object=k&how=unread')).text()).toBe('"unread"');
      const response = await host.fetch('/get-data?container=c&object=k');
      await response.body?.cancel();
    }
    expect(await host.driver.list('c')).toEqual(['k']);
  },
);

test('a value that is written before it is said where it goes, however large, is stored', async () => {
  await using host = await served('wasi:blobstore');
  await host.driver.createContainer('c');
  for (const size of [0, 10, 1_000_000, 5_000_000]) {
    const path = `/write-data?container=c&object=k${size}&how=late`;
    expect(await (await host.fetch(path, { method: 'POST', body: pattern(size).slice() })).text()).toBe(
      String(size),
    );
    const read = await host.driver.get({ container: 'c', object: `k${size}` });
    expect(Buffer.compare(read, pattern(size))).toBe(0);
  }
});

test('a value that goes nowhere, or to two objects, is refused', async () => {
  await using host = await served('wasi:blobstore');
  await host.driver.createContainer('c');
  const write = (how: string) =>
    host.fetch(`/write-data?container=c&object=k&how=${how}`, { method: 'POST', body: 'x' });
  const nowhere = await write('nowhere');
  expect([nowhere.status, await nowhere.text()]).toEqual([409, expect.stringContaining('no write-data')]);
  const twice = await write('twice');
  expect([twice.status, await twice.text()]).toEqual([409, expect.stringContaining('make another one')]);
  expect(await host.driver.list('c')).toEqual([]);
});

test('a request may hold so many objects, and no more', async () => {
  await using host = await served('wasi:blobstore');
  await host.driver.createContainer('c');
  await host.driver.put({ container: 'c', object: 'k' }, [pattern(10)]);
  const hold = (count: number) => host.fetch(`/hold?container=c&object=k&count=${count}`);
  expect(await (await hold(256)).text()).toBe('256');
  const many = await hold(257);
  expect([many.status, await many.text()]).toEqual([409, expect.stringContaining('at most 256 objects')]);
  expect(await (await hold(256)).text()).toBe('256');
});

test('names are read in pages, and some are skipped', async () => {
  await using host = await served('wasi:blobstore');
  await host.driver.createContainer('c');
  for (let index = 0; index < 25; index += 1) {
    await host.driver.put({ container: 'c', object: `k${String(index).padStart(2, '0')}` }, []);
  }
  const list = async (query: string) => await (await host.fetch(`/list-objects?container=c&${query}`)).json();
  expect(await list('page=10&skip=0')).toMatchObject({ pages: 3, skipped: 0 });
  expect(await list('page=5&skip=20')).toMatchObject({
    names: ['k20', 'k21', 'k22', 'k23', 'k24'],
    pages: 1,
    skipped: 20,
  });
  expect(await list('page=5&skip=100')).toMatchObject({ names: [], skipped: 25 });
});

test('an upload that never ends is ended by the request timeout, and what was there stays', async () => {
  const host = await createHost({ component: blobGuests['wasi:blobstore'], requestTimeout: '1s' });
  try {
    const { url } = await host.listen('127.0.0.1:0');
    const driver = guestDriver((path, init) => fetch(new URL(path, url), init), 'wasi:blobstore');
    await driver.createContainer('c');
    await driver.put({ container: 'c', object: 'k' }, [pattern(100)]);
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(pattern(300_000).slice()),
    });
    const answer = await fetch(new URL('/write-data?container=c&object=k', url), {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit).then(
      ({ status }) => status,
      () => 0,
    );
    expect([0, 408, 504]).toContain(answer);
    expect(Buffer.compare(await driver.get({ container: 'c', object: 'k' }), pattern(100))).toBe(0);
  } finally {
    await host.close();
  }
});

test('what is in memory stays while the component is replaced', async () => {
  const host = await createHost({ component: blobGuests['wasi:blobstore'], threads: 2 });
  try {
    const driver = guestDriver((path, init) => host.fetch(path, init), 'wasi:blobstore');
    await driver.createContainer('c');
    await driver.put({ container: 'c', object: 'k' }, [pattern(1_000_000)]);
    await host.setOptions({ component: blobGuests['wasmcloud:blobstore'] });
    const other = guestDriver((path, init) => host.fetch(path, init), 'wasmcloud:blobstore');
    expect(Buffer.compare(await other.get({ container: 'c', object: 'k' }), pattern(1_000_000))).toBe(0);
  } finally {
    await host.close();
  }
});
