import { bucketName, bytes, content, fieldName, fieldValue, hex, key, output, u64 } from './guest-data.ts';
import type { Random } from './random.ts';

/** What a register may hold. */
export type Kind =
  | 'bucket'
  | 'fields'
  | 'future-incoming-response'
  | 'future-trailers'
  | 'incoming-body'
  | 'incoming-request'
  | 'input-stream'
  | 'outgoing-body'
  | 'outgoing-request'
  | 'outgoing-response'
  | 'output-stream'
  | 'pollable'
  | 'request-options'
  | 'response-outparam';

/** What an operation is written with. */
export interface Writer {
  readonly random: Random;
  /** A text that no other exchange has. */
  readonly token: string;
  /** A register that holds that kind, or nearly never another one. */
  lend(kind: Kind): number;
  /** The same, and the register holds nothing afterwards. */
  give(kind: Kind): number;
  /** A register for something new. */
  make(kind: Kind): number;
}

export interface Operation {
  readonly weight: number;
  /** What must be there for this to make sense. */
  readonly needs: readonly Kind[];
  write(writer: Writer): string;
}

function operation(weight: number, needs: readonly Kind[], write: Operation['write']): Operation {
  return { weight, needs, write };
}

const dropped: readonly Kind[] = [
  ...(['bucket', 'fields', 'future-trailers', 'incoming-body', 'incoming-request', 'input-stream'] as const),
  ...(['outgoing-body', 'outgoing-response', 'output-stream', 'pollable', 'response-outparam'] as const),
  ...(['outgoing-request', 'request-options', 'future-incoming-response'] as const),
];

/** Drops one of the later kinds half a time as often: without an outparam there is no answer. */
const drops = dropped.map((kind) =>
  operation(kind === 'response-outparam' ? 0.1 : 0.5, [kind], ({ give }) => `drop.${kind}:${give(kind)}`),
);

function subscribe(kind: 'input-stream' | 'output-stream' | 'future-trailers' | 'future-incoming-response') {
  return operation(1, [kind], ({ make, lend }) => {
    const of = lend(kind);
    return `${kind}.subscribe:${make('pollable')},${of}`;
  });
}

function part(makes: Kind, name: string, of: Kind, weight = 3) {
  return operation(weight, [of], ({ make, lend }) => {
    const from = lend(of);
    return `${name}:${make(makes)},${from}`;
  });
}

const statuses = [
  200, 200, 201, 204, 205, 206, 304, 404, 500, 599, 100, 101, 103, 0, 600, 999, 65535,
] as const;

const http: readonly Operation[] = [
  operation(4, [], ({ make }) => `fields.new:${make('fields')}`),
  operation(3, [], ({ make, random, token }) => {
    const count = random.below(4);
    const list = Array.from(
      { length: count },
      () => `${fieldName(random, token)},${fieldValue(random, token)}`,
    );
    return `fields.from-list:${[make('fields'), count, ...list].join()}`;
  }),
  part('fields', 'fields.clone', 'fields', 1),
  ...(['get', 'has', 'delete'] as const).map((name) =>
    operation(
      1,
      ['fields'],
      ({ lend, random, token }) => `fields.${name}:${lend('fields')},${fieldName(random, token)}`,
    ),
  ),
  operation(6, ['fields'], ({ lend, random, token }) => {
    return `fields.append:${lend('fields')},${fieldName(random, token)},${fieldValue(random, token)}`;
  }),
  operation(2, ['fields'], ({ lend, random, token }) => {
    const count = random.below(3);
    const values = Array.from({ length: count }, () => fieldValue(random, token));
    return `fields.set:${[lend('fields'), fieldName(random, token), count, ...values].join()}`;
  }),
  operation(0.5, ['fields'], ({ lend, random, token }) => {
    const times = random.pick([10, 150, 3000]);
    return `fields.fill:${lend('fields')},${fieldName(random, token)},${fieldValue(random, token)},${times}`;
  }),
  operation(1, ['fields'], ({ lend }) => `fields.entries:${lend('fields')}`),
  operation(1, ['incoming-request'], ({ lend }) => `incoming-request.read-all:${lend('incoming-request')}`),
  part('fields', 'incoming-request.headers', 'incoming-request', 1),
  part('incoming-body', 'incoming-request.consume', 'incoming-request', 2),
  part('input-stream', 'incoming-body.stream', 'incoming-body'),
  operation(2, ['incoming-body'], ({ make, give }) => {
    const body = give('incoming-body');
    return `incoming-body.finish:${make('future-trailers')},${body}`;
  }),
  part('fields', 'future-trailers.get', 'future-trailers', 2),
  operation(8, ['fields'], ({ make, give }) => {
    const fields = give('fields');
    return `outgoing-response.new:${make('outgoing-response')},${fields}`;
  }),
  operation(4, ['outgoing-response'], ({ lend, random }) => {
    return `outgoing-response.set-status-code:${lend('outgoing-response')},${random.pick(statuses)}`;
  }),
  part('fields', 'outgoing-response.headers', 'outgoing-response', 1),
  part('outgoing-body', 'outgoing-response.body', 'outgoing-response', 8),
  part('output-stream', 'outgoing-body.write', 'outgoing-body', 8),
  operation(4, ['outgoing-body'], ({ give, random }) => {
    const body = give('outgoing-body');
    return `outgoing-body.finish:${body},${random.chance(0.4) ? give('fields') : '-'}`;
  }),
  operation(10, ['response-outparam', 'outgoing-response'], ({ give }) => {
    const outparam = give('response-outparam');
    return `response-outparam.set:${outparam},${give('outgoing-response')}`;
  }),
  operation(0.7, ['response-outparam'], ({ give, random, token }) => {
    const text = random.chance(0.5) ? `some,${fieldValue(random, token)}` : 'none';
    return `response-outparam.refuse:${give('response-outparam')},${random.below(39)},${text},${u64(random)}`;
  }),
  operation(1, ['response-outparam'], ({ give }) => `report:${give('response-outparam')}`),
];

const lengths = ['', '0', '1', '4096', '65536'];
const io: readonly Operation[] = [
  ...(['read', 'blocking-read', 'skip', 'blocking-skip'] as const).map((name) =>
    operation(1, ['input-stream'], ({ lend, random }) => {
      return `input-stream.${name}:${lend('input-stream')},${random.chance(0.7) ? random.pick(lengths) : u64(random)}`;
    }),
  ),
  ...(['check-write', 'flush', 'blocking-flush'] as const).map((name) =>
    operation(1.5, ['output-stream'], ({ lend }) => `output-stream.${name}:${lend('output-stream')}`),
  ),
  ...(['write', 'blocking-write-and-flush', 'write-all'] as const).map((name) =>
    operation(3, ['output-stream'], ({ lend, random, token }) => {
      return `output-stream.${name}:${lend('output-stream')},${content(random, token)}`;
    }),
  ),
  ...(['write-zeroes', 'blocking-write-zeroes-and-flush'] as const).map((name) =>
    operation(0.7, ['output-stream'], ({ lend, random }) => {
      return `output-stream.${name}:${lend('output-stream')},${random.chance(0.7) ? random.pick(lengths) : u64(random)}`;
    }),
  ),
  ...(['splice', 'blocking-splice'] as const).map((name) =>
    operation(1, ['output-stream', 'input-stream'], ({ lend, random }) => {
      return `output-stream.${name}:${lend('output-stream')},${lend('input-stream')},${u64(random)}`;
    }),
  ),
  subscribe('input-stream'),
  subscribe('output-stream'),
  subscribe('future-trailers'),
  operation(1, [], ({ make, random }) => {
    return `subscribe-duration:${make('pollable')},${random.chance(0.98) ? random.below(3_000_000) : u64(random)}`;
  }),
  operation(0.1, [], ({ make, random }) => `subscribe-instant:${make('pollable')},${u64(random)}`),
  operation(1, ['pollable'], ({ lend }) => `pollable.ready:${lend('pollable')}`),
  operation(0.7, ['pollable'], ({ lend }) => `pollable.block:${lend('pollable')}`),
  operation(0.7, ['pollable'], ({ lend, random }) => {
    const count = random.chance(0.1) ? 0 : random.between(1, 4);
    return `poll:${[count, ...Array.from({ length: count }, () => lend('pollable'))].join()}`;
  }),
];

const stores: readonly Operation[] = [
  operation(2, [], ({ make, random }) => `store.open:${make('bucket')},${bucketName(random)}`),
  ...(['get', 'delete', 'exists'] as const).map((name) =>
    operation(1, ['bucket'], ({ lend, random }) => `bucket.${name}:${lend('bucket')},${key(random)}`),
  ),
  operation(2, ['bucket'], ({ lend, random }) => {
    const value = random.chance(0.02) ? `${hex('v')}*100000` : bytes(random);
    return `bucket.set:${lend('bucket')},${key(random)},${value}`;
  }),
  operation(1, ['bucket'], ({ lend, random }) => {
    return `bucket.list-keys:${lend('bucket')}${random.chance(0.5) ? '' : `,${u64(random)}`}`;
  }),
  operation(1, ['bucket'], ({ lend, random }) => `increment:${lend('bucket')},${key(random)},${u64(random)}`),
  ...(['get-many', 'delete-many'] as const).map((name) =>
    operation(0.7, ['bucket'], ({ lend, random }) => {
      const count = random.below(5);
      return `${name}:${[lend('bucket'), count, ...Array.from({ length: count }, () => key(random))].join()}`;
    }),
  ),
  operation(0.7, ['bucket'], ({ lend, random }) => {
    const names = Array.from({ length: random.below(4) }, () => key(random));
    return `set-many:${[lend('bucket'), names.length, ...names, ...names.map(() => bytes(random))].join()}`;
  }),
];

const client: readonly Operation[] = [
  operation(0.3, ['fields'], ({ make, give }) => {
    const fields = give('fields');
    return `outgoing-request.new:${make('outgoing-request')},${fields}`;
  }),
  operation(1, ['outgoing-request'], ({ lend, random, token }) => {
    const texts = Array.from({ length: 4 }, () => fieldValue(random, token));
    return `outgoing-request.set-all:${lend('outgoing-request')},${texts.join()}`;
  }),
  part('outgoing-body', 'outgoing-request.body', 'outgoing-request', 1),
  operation(0.2, [], ({ make, random }) => `request-options.new:${make('request-options')},${u64(random)}`),
  operation(1, ['outgoing-request'], ({ make, give, random }) => {
    const request = give('outgoing-request');
    const options = random.chance(0.3) ? `,${give('request-options')}` : '';
    return `outgoing-handler.handle:${make('future-incoming-response')},${request}${options}`;
  }),
  subscribe('future-incoming-response'),
  part('fields', 'future-incoming-response.get', 'future-incoming-response', 1),
];

const self: readonly Operation[] = [
  ...(['stdout', 'stderr'] as const).map((name) =>
    operation(0.5, [], ({ make }) => `${name}:${make('output-stream')}`),
  ),
  operation(0.2, [], ({ make }) => `stdin:${make('input-stream')}`),
  operation(1, ['output-stream'], ({ lend, random }) => {
    return `output-stream.blocking-write-and-flush:${lend('output-stream')},${output(random)}`;
  }),
  operation(0.3, [], () => 'environment'),
  operation(0.2, [], ({ random }) => `exit:${random.below(2)}`),
  operation(0.2, [], () => 'trap'),
  operation(0.3, [], ({ random }) => `random:${random.chance(0.9) ? random.below(100) : u64(random)}`),
  operation(0.2, [], () => 'wall-clock'),
  operation(0.1, [], ({ random }) => `spin:${random.pick([1, 2, 20])}`),
  operation(0.05, [], ({ random }) => `recurse:${random.pick([10, 1000, 100_000_000])}`),
  operation(0.05, [], ({ random }) => `take-memory:${random.pick([1, 3, 30, 100])}`),
];

/** Everything that a program may do, but to compute for ever. */
export const operations: readonly Operation[] = [...http, ...io, ...stores, ...client, ...self, ...drops];
