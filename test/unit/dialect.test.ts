import { componentEmbed, componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { expect, test } from 'vitest';
import { decodeComponent } from '../../host/engine/decode/decode.ts';
import { chooseDialect } from '../../host/interfaces/keyvalue/dialect.ts';

const pairs = 'list<option<tuple<string, list<u8>>>>';

/** The dialect of a component that was built against these shapes, whatever its version says. */
async function dialectWith(version: string, cursor: string, counter: string, batch: string) {
  const wit = `
    package wasi:keyvalue@${version};
    interface store {
      resource bucket { list-keys: func(cursor: ${cursor}) -> result<list<string>, string>; }
    }
    interface atomics {
      use store.{bucket};
      increment: func(bucket: borrow<bucket>, key: string, delta: ${counter}) -> result<${counter}, string>;
    }
    interface batch {
      use store.{bucket};
      get-many: func(bucket: borrow<bucket>, keys: list<string>) -> result<${batch}, string>;
    }
    world w { import store; import atomics; import batch; }
  `;
  const component = await componentNew(await componentEmbed({ dummy: true, witSource: wit }), []);
  return chooseDialect(decodeComponent(component).imports);
}

test('wasmCloud: a u64 cursor and u64 counters under 0.2.0-draft', async () => {
  expect(await dialectWith('0.2.0-draft', 'option<u64>', 'u64', pairs)).toEqual({
    cursor: 'u64',
    counter: 'u64',
    batch: 'optional-pairs',
    isWasmcloud: false,
  });
});

test('as guides print it: a text cursor under the same version', async () => {
  expect(await dialectWith('0.2.0-draft', 'option<string>', 's64', pairs)).toMatchObject({
    cursor: 'string',
    counter: 's64',
  });
});

test("Spin's copy: pairs of a key and an optional value", async () => {
  const dialect = await dialectWith(
    '0.2.0-draft2',
    'option<string>',
    's64',
    'list<tuple<string, option<list<u8>>>>',
  );
  expect(dialect.batch).toBe('pairs-of-optionals');
});

test('a shape that nobody published is refused by name', async () => {
  await expect(dialectWith('0.2.0-draft', 'option<u64>', 'u32', pairs)).rejects.toThrow('increment');
});
