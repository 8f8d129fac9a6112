import type { PoolPart } from '../../runtime/interface.ts';
import { type RandomSource, seededRandom, systemRandom } from '../../shared/random.ts';
import { type HostInterface, wasi02, wasi03 } from '../host-interface.ts';
import { ofTrack03 } from '../tracks.ts';
import { random } from './random.ts';

interface Config {
  /** What is random is the same for the same seed; absent: chance. */
  readonly seed?: number | string | undefined;
}

interface RandomPool extends PoolPart {
  /** What is random begins anew. */
  reseed(): void;
}

/** `wasi:random`. */
export const randomInterface: HostInterface<Config, RandomPool> = {
  name: 'random',
  packages: { 'wasi:random': wasi02 },
  configure: ({ seed }) => ({ seed }),
  start({ seed }) {
    /** Made when it is asked for: until then no code for it is loaded. */
    let source: RandomSource | undefined;
    const imports = random((length) => {
      source ??= seed === undefined ? systemRandom : seededRandom(seed);
      return source(length);
    });
    return {
      imports: () => imports,
      receive() {
        source = undefined;
      },
    };
  },
  startPool: ({ post }) => ({ reseed: () => post('reseed') }),
};

/** `wasi:random` 0.3. */
export const random03Interface: HostInterface<Config, RandomPool> = {
  ...randomInterface,
  name: 'random03',
  packages: { 'wasi:random': wasi03 },
  async start(config, worker) {
    const [{ random: random03 }, part] = await Promise.all([
      import('./p3.ts'),
      randomInterface.start(config, worker),
    ]);
    return { ...part, imports: (guest, own) => ofTrack03(random03(part.imports(guest, own))) };
  },
};

export const interfaces = [randomInterface, random03Interface];
