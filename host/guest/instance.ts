import type { IncomingRequest } from '../wasi/http/incoming.ts';
import type { ResponseOutparam } from '../wasi/http/outgoing.ts';
import { guestImports, type Interfaces } from '../wasi/imports.ts';
import type { CursorTable } from '../wasi/keyvalue/cursor-table.ts';
import type { Operation } from '../wasi/keyvalue/operation.ts';
import type { Stores } from '../wasi/keyvalue/stores.ts';
import { Lifetime } from '../wasi/lifetime.ts';
import type { GuestSetup } from './protocol.ts';

/** The glue that jco emits. */
interface Glue {
  instantiate(getCoreModule: (name: string) => WebAssembly.Module, imports: Interfaces): ComponentExports;
}

interface ComponentExports {
  readonly incomingHandler: {
    handle(request: IncomingRequest, outparam: ResponseOutparam): Promise<void>;
  };
}

/** What all instances of a guest thread share. */
export interface Shared {
  readonly setup: GuestSetup;
  readonly glue: Glue;
  readonly stores: Stores;
  readonly cursors: CursorTable;
  readonly filesystem: Interfaces;
  /** @param id the request during which it was printed */
  print(id: number, stream: 'stdout' | 'stderr', bytes: Uint8Array): void;
}

/** One instance of the component. It serves one request at a time. */
export class Instance {
  readonly lifetime = new Lifetime();
  readonly #handler: ComponentExports['incomingHandler'];
  #operations: Operation[] = [];

  /** The request that it serves. */
  #id: number;

  /**
   * Throws what the component's start throws.
   *
   * @param id the first request that it is to serve
   */
  constructor(id: number, { setup, glue, stores, cursors, filesystem, print }: Shared) {
    this.#id = id;
    const imports = guestImports({
      environment: setup.environment,
      args: [],
      print: (stream, bytes) => print(this.#id, stream, bytes),
      config: setup.config,
      filesystem,
      lifetime: this.lifetime,
      keyvalue: {
        stores,
        cursors,
        dialect: setup.dialect,
        record: (operation) => this.#operations.push(operation),
      },
    });
    this.#handler = glue.instantiate((name) => moduleNamed(name, setup), imports).incomingHandler;
  }

  handle(id: number, request: IncomingRequest, outparam: ResponseOutparam): Promise<void> {
    this.#id = id;
    return this.#handler.handle(request, outparam);
  }

  /** The keyvalue operations since the last call. */
  takeOperations(): readonly Operation[] {
    const operations = this.#operations;
    this.#operations = [];
    return operations;
  }
}

export async function loadGlue(url: string): Promise<Glue> {
  return (await import(url)) as Glue;
}

function moduleNamed(name: string, { modules }: GuestSetup): WebAssembly.Module {
  const module = modules.get(name);
  if (module === undefined)
    throw new Error(`the glue asks for a core module ${name} that was not transpiled`);
  return module;
}
