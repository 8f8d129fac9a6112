import { instructions, ModuleWriter, type Signature, sequence } from './module-writer.ts';

/** What the loop calls; functions without an object. */
export interface EntryHost {
  /** Each answers one flat argument of the export's next call. */
  readonly args: readonly (() => number | bigint)[];
  /** Takes the flat result, where there is one. */
  readonly result?: (flat: number | bigint) => void;
  /** A call has ended. Answers 1 where the stack is to be kept for the next call, and 0 where it may go. */
  readonly done: () => number;
  /** Resolves when there is a next call. */
  readonly rest: () => Promise<void>;
}

/** A way to call an export, which holds for all instances of a component. */
export class Entry {
  readonly #module: WebAssembly.Module;
  readonly #hasPostReturn: boolean;

  /** @param type the core type of the export */
  constructor(type: Signature, hasPostReturn: boolean) {
    this.#hasPostReturn = hasPostReturn;
    this.#module = new WebAssembly.Module(writeEntry(type, hasPostReturn));
  }

  /** A function that calls the export on a stack of its own. Its promise matters where it rejects. */
  bind(
    exported: WebAssembly.CoreFunction,
    postReturn: WebAssembly.CoreFunction | undefined,
    { args, result, done, rest }: EntryHost,
  ): () => Promise<unknown> {
    const { run } = new WebAssembly.Instance(this.#module, {
      h: {
        ...Object.fromEntries(args.map((arg, index) => [`arg${index}`, arg])),
        exported,
        ...(result === undefined ? {} : { result }),
        ...(this.#hasPostReturn && postReturn !== undefined ? { postReturn } : {}),
        done,
        rest: new WebAssembly.Suspending(rest),
      },
    }).exports;
    return WebAssembly.promising(run as WebAssembly.CoreFunction) as () => Promise<unknown>;
  }
}

/**
 * A core module that calls an export and then the host, and again when the host has another call for this stack:
 *
 *     (func (export "run")
 *       (loop
 *         (call $exported (call $arg0) …)
 *         (call $result …) (call $postReturn …)
 *         (if (call $done) (then (call $rest) (br 1)))))
 *
 * With `done` the host knows that a call has ended before the promise of its stack does, which is some turns of the
 * microtask queue later: the instance can serve the next request at once. `rest` keeps the stack of a guest that
 * waited for a store; V8 maps and unmaps memory for stacks where many of them are in use.
 */
function writeEntry({ params, results }: Signature, hasPostReturn: boolean): Uint8Array<ArrayBuffer> {
  const module = new ModuleWriter();
  const { call, get, set, loop, if: when, branch, end } = instructions;
  const args = params.map((core, index) =>
    module.importFunction('h', `arg${index}`, { params: [], results: [core] }),
  );
  const exported = module.importFunction('h', 'exported', { params, results });
  const takesResult = results.length > 0;
  const result = takesResult ? [module.importFunction('h', 'result', { params: results, results: [] })] : [];
  const post = hasPostReturn
    ? [module.importFunction('h', 'postReturn', { params: results, results: [] })]
    : [];
  const done = module.importFunction('h', 'done', { params: [], results: ['i32'] });
  const rest = module.importFunction('h', 'rest', { params: [], results: [] });
  const flats = results.map((_, local) => get(local));
  const code = sequence(
    loop,
    ...args.map(call),
    call(exported),
    ...results.map((_, local) => set(local)).reverse(),
    ...[...result, ...post].flatMap((next) => [...flats, call(next)]),
    call(done),
    when,
    call(rest),
    branch(1),
    end,
    end,
  );
  module.exportFunction('run', { params: [], results: [] }, results, code);
  return module.finish();
}
