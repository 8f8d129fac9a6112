import type { HostImports } from '../../engine/link/host-imports.ts';
import type { GuestTrace } from '../../runtime/worker/guest.ts';
import type { TextMap } from '../../settings/text-map.ts';
import { secretOperations } from './operations.ts';

const { get, reveal } = secretOperations.operations;

/** So much of a name that a guest asks for is recorded. */
const longestName = 1000;

/** What one component is given. */
export interface Config {
  /** By their names. */
  readonly values: TextMap;
  /** The names of the imports that stand for one secret each, which are those of the secrets. */
  readonly labels: readonly string[];
}

/** `wasmcloud:secrets/store` secret. */
class Secret {
  readonly name: string;
  readonly #value: string;

  constructor(name: string, value: string) {
    this.name = name;
    this.#value = value;
  }

  /** For `reveal` alone: nothing else may get at it. */
  static valueOf(secret: Secret): string {
    return secret.#value;
  }
}

/** The imports of `wasmcloud:secrets` 2.1.0 for one component of a guest. */
export function secrets(guest: GuestTrace, { values, labels }: Config): HostImports {
  const trace = guest.of(secretOperations);
  const getNamed = (name: string): Secret | undefined => {
    const started = performance.now();
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    trace.note(get, name.slice(0, longestName), undefined, [value !== undefined], undefined, started);
    return value === undefined ? undefined : new Secret(name, value);
  };
  return {
    'wasmcloud:secrets/store': {
      Secret,
      get(name: string): Secret {
        const secret = getNamed(name);
        if (secret === undefined) throw { tag: 'not-found' };
        return secret;
      },
    },
    'wasmcloud:secrets/reveal': {
      reveal(secret: Secret): { readonly tag: 'string'; readonly val: string } {
        trace.note(reveal, secret.name, undefined, [], undefined, performance.now());
        return { tag: 'string', val: Secret.valueOf(secret) };
      },
    },
    // Where it has no label, nothing says which secret it is; such a component is refused.
    'wasmcloud:secrets/secret': { get: () => getNamed('') },
    ...Object.fromEntries(labels.map((label) => [label, { get: () => getNamed(label) }])),
  };
}
