import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse } from '@bytecodealliance/jco-transpile/wasm-tools';
import { checkProgram } from '../../host/component/program-check.ts';
import { decodeComponent } from '../../host/engine/decode/decode.ts';
import { transpile } from '../../host/engine/jco/transpile.ts';
import type { HostImports, Suspends } from '../../host/engine/link/host-imports.ts';
import { Linker } from '../../host/engine/link/linker.ts';
import { type LinkedProgram, linkOf } from '../../host/engine/link/program.ts';
import { makeResettable } from '../../host/engine/reset/prepare.ts';
import { newKnowledge, Snapshot } from '../../host/engine/reset/snapshot.ts';

/** What a component in text asks for, and which of its exports is called. */
export interface Surroundings {
  readonly imports?: HostImports;
  readonly suspends?: Suspends;
  /** Default: `run`. */
  readonly entry?: string;
}

/** An instance of a component that our linker has put together. */
export interface LinkedComponent {
  call(...args: readonly unknown[]): Promise<unknown>;
  /** Brings it back to its start; throws where that can't be done. */
  reset(): void;
  /** Handles that its component instances hold, the outermost first. */
  handles(): number[];
}

/** One whose calls are tasks. */
export interface LinkedTasks extends Omit<LinkedComponent, 'call'> {
  /** @param returned called with the result, when the task may still go on */
  call(args?: readonly unknown[], returned?: (result: unknown) => void): Promise<unknown>;
  /** Whether nothing is left of its tasks. */
  isIdle(): boolean;
}

/** Links a component that is given as text. Throws what is beyond the linker, or wrong with it. */
export async function linked(text: string, surroundings: Surroundings = {}): Promise<LinkedComponent> {
  return linkedBinary(await parse(text), surroundings);
}

export async function linkedBinary(
  binary: Uint8Array,
  surroundings: Surroundings = {},
): Promise<LinkedComponent> {
  const program = await programOf(binary, surroundings);
  const { reset } = program;
  const instance = new Linker(program).instantiate(surroundings.imports ?? {});
  const snapshot = 'problem' in reset ? undefined : new Snapshot(instance, reset, newKnowledge());
  return {
    call: (...args) =>
      new Promise((resolve, reject) =>
        instance.call(
          args,
          (_, result) => {
            resolve(result);
            return false;
          },
          reject,
        ),
      ),
    reset() {
      if (snapshot === undefined || snapshot.restore() === false)
        throw new Error('problem' in reset ? reset.problem : 'it is too large');
    },
    handles: () => instance.components.map(({ handles }) => handles.count),
  };
}

/** The same for one whose entry is lifted asynchronously; a call ends when nothing of its task is left. */
export async function linkedAsync(text: string, surroundings: Surroundings = {}): Promise<LinkedTasks> {
  const program = await programOf(await parse(text), surroundings);
  const { reset } = program;
  if ('problem' in reset) throw new Error(reset.problem);
  const instance = new Linker(program).instantiateAsync(surroundings.imports ?? {});
  const snapshot = new Snapshot(instance, reset, newKnowledge());
  return {
    call: (args = [], returned = () => {}) =>
      new Promise((resolve, reject) => {
        let result: unknown;
        instance.call(args, {
          returned(value) {
            result = value;
            returned(value);
          },
          cancelled() {},
          ended: () => resolve(result),
          failed: reject,
        });
      }),
    isIdle: () => instance.isIdle,
    reset() {
      instance.clear();
      if (snapshot.restore() === false) throw new Error('it is too large');
    },
    handles: () => instance.components.map(({ handles }) => handles.count),
  };
}

async function programOf(
  binary: Uint8Array,
  { suspends = () => false, entry: wanted = 'run' }: Surroundings,
): Promise<LinkedProgram> {
  const link = linkOf(decodeComponent(binary), { suspends, isEntry: ({ name }) => name === wanted });
  if ('problem' in link) throw new Error(link.problem);
  const { entry, suspending } = link;
  const { modules: bytes, ...plan } = link.plan;
  const resettable = makeResettable(link.plan, { notes: true });
  const used = 'problem' in resettable ? bytes : resettable.modules;
  const modules = used.map((module) => new WebAssembly.Module(module));
  const reset = 'problem' in resettable ? resettable : resettable.plan;
  const program = { kind: 'linked', plan, modules, entry, suspending, reset } as const;
  await checkProgram('it', program, used);
  return program;
}

/** The same component in jco's glue: its exports. */
export async function transpiled(
  text: string,
  imports: object = {},
): Promise<Readonly<Record<string, (...args: readonly unknown[]) => unknown>>> {
  const files = await transpile(await parse(text), { asyncImports: [], asyncExports: [] });
  const folder = await mkdtemp(join(tmpdir(), 'kvasi-linked-'));
  try {
    const path = join(folder, 'component.js');
    await writeFile(path, files['component.js'] ?? '');
    const glue = await import(pathToFileURL(path).href);
    return glue.instantiate(
      (name: string) => new WebAssembly.Module(files[name] ?? new Uint8Array()),
      imports,
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
