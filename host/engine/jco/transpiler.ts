import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { threadUrl } from '../../shared/thread-url.ts';
import type { TranspiledFiles, TranspileOptions } from './transpile.ts';

/** What the transpiler's thread is asked; it answers through `reply`. */
export interface TranspileTask {
  readonly component: Uint8Array;
  readonly options: TranspileOptions;
  readonly reply: MessagePort;
}

/** What it answers. */
export type Transpiled = { readonly files: TranspiledFiles } | { readonly error: unknown };

/** The preamble of a component with nothing in it. */
const emptyComponent = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00);

/**
 * Transpiles components away from the main thread, which goes on meanwhile. The thread stays until it is closed:
 * loading jco takes ten times as long as using it.
 */
export class Transpiler {
  #thread: { readonly worker: Worker; readonly broken: Promise<never> } | undefined;

  /** Loads jco now, so that the first component does not have to wait for it. */
  warm(): void {
    this.#ask(emptyComponent, { asyncImports: [], asyncExports: [] }).catch(() => {});
  }

  /**
   * Throws a `HostError` when jco refuses the component.
   *
   * @param name what errors call the component, such as its path
   */
  async transpile(name: string, component: Uint8Array, options: TranspileOptions): Promise<TranspiledFiles> {
    try {
      const answer = await this.#ask(component, options);
      if ('error' in answer) throw answer.error;
      return answer.files;
    } catch (cause) {
      const reason = reasonOf(cause).replaceAll(/\s*\n\s*/g, ' ');
      const message = `${name} can't be transpiled by jco: ${reason}`;
      throw new HostError('component', message, { cause });
    }
  }

  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.worker.terminate();
  }

  async #ask(component: Uint8Array, options: TranspileOptions): Promise<Transpiled> {
    const { worker, broken } = this.#start();
    const { port1, port2 } = new MessageChannel();
    const { promise, resolve } = Promise.withResolvers<Transpiled>();
    port1.once('message', resolve);
    try {
      worker.postMessage({ component, options, reply: port2 }, [port2]);
      return await Promise.race([promise, broken]);
    } finally {
      port1.close();
    }
  }

  #start(): { readonly worker: Worker; readonly broken: Promise<never> } {
    if (this.#thread !== undefined) return this.#thread;
    const worker = new Worker(threadUrl('transpile-thread', import.meta.url));
    const broken = new Promise<never>((_, reject) => {
      worker.once('error', reject);
      worker.once('exit', (status) => reject(new Error(`the transpiler ended with status ${status}`)));
    });
    broken.catch(() => {
      if (this.#thread?.worker === worker) this.#thread = undefined;
    });
    this.#thread = { worker, broken };
    return this.#thread;
  }
}
