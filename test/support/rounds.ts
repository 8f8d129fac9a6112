/**
 * How often tests repeat what has to hold each time: a few times in `npm test`, which is over in minutes, and as often as finds what
 * is rare in `npm run test:soak`, which runs the files that import this one.
 */
const isSoak = process.env.KVASI_SOAK === 'true';
const often = (few: number, all: number): number => (isSoak ? all : few);

export const rounds = {
  /** `kill -9` of a `kvasi dev` that writes, on each backend that keeps its data. */
  killedHosts: often(3, 50),
  /** `kill -9` of a program that writes through a backend. */
  killedWriters: often(4, 20),
  /** `kill -9` of a program at other moments while its servers start. */
  killedStarts: often(3, 10),
  /** Hosts that are started and closed one after the other, and looked for what they left. */
  hosts: often(10, 200),
  /** Hosts that are forgotten, or closed, in a program of its own. */
  hostsOfProgram: often(6, 100),
  /** Orders of operations that `explore` tries. */
  interleavings: often(300, 10_000),
  /** Backends that the older dialect of kv-probe is tried on; the newer one is on all of them. */
  backendsOfDraft: often(2, 5),
  /** Keys that are copied from store to store. */
  copiedKeys: often(2500, 100_000),
  /** Components that are damaged where they are read. */
  damagedHeads: often(150, 2000),
  /** Components that are damaged anywhere, of each kind. */
  damagedComponents: often(20, 300),
  /** What guests and hosts write between resets. */
  resets: often(150, 1500),
  /** Guests that pass anything at all. */
  fuzzedGuests: often(150, 2000),
  /** Types that are lowered and lifted. */
  loweredTypes: often(150, 500),
  /** Types of elements that go through streams and futures. */
  streamTypes: often(10, 150),
  /** Exchanges with a hostile guest, and with a hostile client. */
  hostileExchanges: often(100, 3000),
  /** Values of a configuration. */
  values: often(8000, 200_000),
  /** Names of keys and files, for each of which a rule has to hold. */
  names: often(300, 2000),
  /** Saves of a source while it is built, at each of three speeds. */
  saves: 8,
} as const;
