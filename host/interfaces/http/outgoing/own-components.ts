import type { OwnPlaces } from '../messages.ts';
import type { Destination } from './destination.ts';

/** What a name of a component has behind it: kvasi's own, and Spin's. */
const suffixes = ['.internal', '.spin.internal'];

/** Finds out which requests go to the components of the host itself. */
export class OwnComponents {
  readonly #hosts = new Map<string, string>();
  readonly #origins: ReadonlySet<string>;

  constructor({ names, origins }: OwnPlaces) {
    for (const name of names) {
      for (const suffix of suffixes) this.#hosts.set(`${name.toLowerCase()}${suffix}`, name);
    }
    this.#origins = new Set(origins);
  }

  /** The component that a request names, or undefined for one that its address leads to; `elsewhere` for those that leave the host. */
  find({ host, origin }: Destination): { readonly component: string | undefined } | 'elsewhere' {
    const component = this.#hosts.get(host);
    if (component !== undefined) return { component };
    return this.#origins.has(origin) ? { component: undefined } : 'elsewhere';
  }
}
