import type { InterfaceDescription } from '../../engine/decode/wit-type.ts';
import type { WorkerContext, WorkerPart } from '../../runtime/interface.ts';
import { HostError } from '../../shared/host-error.ts';
import { isError } from '../../shared/is-error.ts';
import { guestImports, type ImportsContext } from './guest-imports.ts';
import type { ImportsConfig } from './imports-config.ts';
import { loadModule } from './load-module.ts';
import type { FromImportsWorker, ToImportsWorker } from './messages.ts';
import { misfit } from './misfit.ts';
import { ModulesHere } from './module-calls.ts';
import { shownStack, thrownText } from './module-fault.ts';
import { ModulesThere } from './modules-there.ts';
import { resourceClasses } from './served-import.ts';

/** Starts imports that modules serve on a worker. Throws a `HostError` where a module can't be loaded, or does not fit. */
export async function startImports(
  { modules, served, env }: ImportsConfig,
  { interceptor, post, tell }: WorkerContext,
): Promise<WorkerPart> {
  const used = new Set(served.map(({ module }) => module));
  const files = modules.flatMap((module, index) =>
    module.kind === 'file' && used.has(index) ? [{ ...module, index }] : [],
  );
  if (files.length > 0) {
    Object.assign(process.env, env);
    printToStandardError();
  }
  const here = new Map<number, object>();
  const resources = new Set(resourceClasses(served).keys());
  for (const { path, place, index } of files) {
    post({ type: 'loading', what: `${place} names ${path}` } satisfies FromImportsWorker);
    const members = await loadModule(path, place);
    for (const { description } of served.filter(({ module }) => module === index)) {
      const problem = misfit(members, description, resources);
      if (problem !== undefined) throw new HostError('config', `${place}: ${path} ${problem}`);
    }
    here.set(index, members);
  }
  if (files.length > 0) {
    post({ type: 'loaded' } satisfies FromImportsWorker);
    surviveStrays(
      files.map(({ path }) => path),
      tell,
    );
  }
  const local = new ModulesHere(served, here, tell);
  const remote = new ModulesThere(post);
  const placesOf = (own: readonly InterfaceDescription[]): number[] =>
    own.map((description) => served.findIndex((one) => one.description === description));
  const context: ImportsContext = {
    served,
    callsOf: ({ module }) => (here.has(module) ? local : remote),
    interceptor,
  };
  return {
    imports: (guest, own) => guestImports(context, guest, placesOf(own as readonly InterfaceDescription[])),
    receive: (message) => remote.receive(message as ToImportsWorker),
  };
}

/** What a module prints is no answer of a command, and lines of `--json` have to stay whole. */
function printToStandardError(): void {
  process.stdout.write = process.stderr.write.bind(process.stderr) as typeof process.stdout.write;
}

/** What a module does beside the calls that it answers ends no request: an error there is told, and the worker goes on. */
function surviveStrays(paths: readonly string[], tell: (text: string) => void): void {
  const survive = (thrown: unknown): void => {
    const stack = isError(thrown) ? shownStack(thrown) : '';
    if (!isError(thrown) || paths.some((path) => stack.includes(path))) {
      tell(`a module threw where nobody waits for it: ${thrownText(thrown)}`);
      return;
    }
    process.off('uncaughtException', survive);
    setImmediate(() => {
      throw thrown;
    });
  };
  process.on('uncaughtException', survive);
}
