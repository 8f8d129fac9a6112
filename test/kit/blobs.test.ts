import { describe, expect, test } from 'vitest';
import { startHost } from '../../host/testing.ts';
import { blobGuests } from '../support/blob-guest-driver.ts';

const component = blobGuests['wasi:blobstore'];
const put = (object: string, how = '') => `/write-data?container=c&object=${object}&how=${how}`;

describe.each(['in_memory', 'filesystem', 'sqlite'] as const)('blobs of a test in %s', (blobstore) => {
  test('the test and the component see each other’s, and each host starts without any', async () => {
    await using host = await startHost({ component, blobstore });
    expect(await host.containers()).toEqual([]);
    await host.container('c').set('a/b', 'of the test');
    expect(await (await host.fetch('/get-data?container=c&object=a/b')).text()).toBe('of the test');
    expect((await host.fetch(put('d'), { method: 'POST', body: 'of the component' })).status).toBe(200);
    const container = host.container('c');
    expect(await container.getText('d')).toBe('of the component');
    expect(await container.objects()).toEqual(['a/b', 'd']);
    expect(await container.size('d')).toBe(16);
    expect(await container.has('e')).toBe(false);
    expect(await container.get('e')).toBeUndefined();
    expect(await host.container('other').objects()).toEqual([]);
    await using another = await startHost({ component, blobstore });
    expect(await another.containers()).toEqual([]);
  });

  test('a snapshot has them, restore brings them back, and reset leaves none', async () => {
    await using host = await startHost({ component, blobstore });
    await host.container('c').set('k', 'one');
    await host.container('empty').create();
    const before = await host.snapshot();
    expect(String(before)).toBe('container "c"\n  {"key":"k","value":"one"}\ncontainer "empty"');
    await host.fetch(put('k'), { method: 'POST', body: 'two' });
    await host.container('another').set('l', 'x');
    expect(String(await host.snapshot())).not.toBe(String(before));
    await host.restore(before);
    expect(String(await host.snapshot())).toBe(String(before));
    await host.reset();
    expect(await host.containers()).toEqual([]);
    expect((await host.fetch('/get-data?container=c&object=k')).status).toBe(409);
  });
});

test('operations are recorded with their containers and objects', async () => {
  await using host = await startHost({ component });
  await host.fetch('/create-container?container=c');
  await host.fetch(put('k'), { method: 'POST', body: 'value' });
  await host.fetch('/get-data?container=c&object=k&end=2');
  await host.fetch('/has-object?container=c&object=none');
  await host.fetch('/get-data?container=none&object=k');
  const told = host.operations().map(({ op, container, object, size, hit, error }) => ({
    op,
    container,
    ...(object === undefined ? {} : { object }),
    ...(size === undefined ? {} : { size }),
    ...(hit === undefined ? {} : { hit }),
    ...(error === undefined ? {} : { error }),
  }));
  expect(told).toEqual([
    { op: 'create-container', container: 'c' },
    { op: 'write-data', container: 'c', object: 'k', size: 5 },
    { op: 'get-data', container: 'c', object: 'k', size: 3 },
    { op: 'has-object', container: 'c', object: 'none', hit: false },
    {
      op: 'get-container',
      container: 'none',
      error: "there is no container 'none'",
    },
  ]);
});

test('faults happen to the operations, containers and objects that they name', async () => {
  await using host = await startHost({ component });
  await host.container('c').set('k', 'value');
  await host.container('d').set('k', 'value');
  const read = async (container: string, object = 'k') =>
    (await host.fetch(`/get-data?container=${container}&object=${object}`)).status;
  {
    using fault = host.faults.add({ op: 'get-data', container: 'c', error: 'no-such-object' });
    expect(await read('c')).toBe(409);
    expect(await read('d')).toBe(200);
    expect(fault.hits).toBe(1);
  }
  expect(await read('c')).toBe(200);
  {
    using _ = host.faults.add({ op: 'write-data', object: /^k/, drop: 'after-apply' });
    expect((await host.fetch(put('k'), { method: 'POST', body: 'other' })).status).toBe(409);
    expect(await host.container('c').getText('k')).toBe('other');
  }
  using _ = host.faults.partition({ container: 'c' });
  expect(await read('c')).toBe(409);
  expect(await read('d')).toBe(200);
});

test('a fault of blobs that says what only keys have is refused', async () => {
  await using host = await startHost({ component });
  const added = (fault: object) => () => host.faults.add(fault);
  expect(added({ container: 'c', bucket: 'b', error: 'other' })).toThrow(/names bucket, which is of keys/);
  expect(added({ op: 'get-dato', container: 'c', error: 'other' })).toThrow(/did you mean get-data/);
  expect(added({ op: 'clear', object: 'k', error: 'other' })).toThrow(/no object, as .*clear/);
  expect(added({ op: 'get-data', error: 'no-such-store' })).toThrow(/one of other, no-such-container/);
});

test('a store that the options name is emptied only with ownsData', async () => {
  await using folder = await (await import('../support/server.ts')).temporaryFolder('blobs');
  const blobstore = { backend: 'filesystem', path: folder.path } as const;
  {
    await using host = await startHost({ component, blobstore });
    await host.container('kept').set('k', 'value');
    await expect(host.reset()).rejects.toThrow(/would empty data that the options name: filesystem/);
  }
  await using host = await startHost({ component, blobstore, ownsData: true });
  expect(await host.container('kept').getText('k')).toBe('value');
  await host.reset();
  expect(await host.containers()).toEqual([]);
});
