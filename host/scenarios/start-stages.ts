import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadComponent } from '../component/load.ts';
import { Transpiler } from '../component/transpiler.ts';
import {
  type BackendName,
  type BackendSettings,
  DEFAULT_REQUEST_TIMEOUT,
  type IdentifierRule,
} from '../config/settings.ts';
import { BucketEntries } from '../entries/bucket-entries.ts';
import { type RunningHost, serve } from '../front/host.ts';
import { ThreadStores } from '../guest/stores.ts';
import { HostError } from '../host-error.ts';
import type { ScenarioHost } from './scenario.ts';
import type { Stages } from './stages.ts';

export async function startStages(backends: readonly BackendName[], _context: unknown): Promise<Stages> {
  let host: RunningHost | undefined;
  let stores: ThreadStores | undefined;
  const transpiler = new Transpiler();
  const folders: string[] = [];
  const end = async () => {
    await stores?.close();
    await host?.close();
    stores = undefined;
    host = undefined;
  };
  return {
    columns: backends.map((backend) =>
      backend === 'redis' || backend === 'nats' ? { backend, missing: 'not yet' } : { backend },
    ),
    async stage(backend, wanted: ScenarioHost) {
      await end();
      const folder = await mkdtemp(join(tmpdir(), 'kvasi-stage-'));
      folders.push(folder);
      const base: BackendSettings =
        backend === 'filesystem'
          ? { kind: 'filesystem', path: folder }
          : backend === 'sqlite'
            ? { kind: 'sqlite', path: join(folder, 'kv.db') }
            : { kind: 'in_memory' };
      const named = new Map<string, IdentifierRule>(
        Object.entries(wanted.keyvalue).map(([id, o]) => [id, typeof o === 'string' ? o : { ...base, ...o }]),
      );
      const keyvalue = { default: base, named, others: base };
      const component = await loadComponent(wanted.component, transpiler, () => {});
      const started = await serve(
        component,
        {
          directory: folder,
          configFile: undefined,
          component: wanted.component,
          address: { host: '127.0.0.1', port: 0 },
          build: { command: undefined, env: {}, component: undefined },
          keyvalue,
          instances: wanted.instances,
          threads: 1,
          requestTimeout: wanted.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT,
          environment: wanted.environment,
          config: wanted.config,
          allowedHosts: [],
          volumes: [],
          logLevel: 'info',
        },
        { request() {}, print() {}, warning() {}, crash() {}, replaced() {} },
      );
      host = started;
      const own = new ThreadStores(keyvalue, started.memory, {
        now: Date.now,
        operationTimeout: 5000,
        tell() {},
      });
      stores = own;
      return {
        fetch: (path, init) => fetch(started.url + path, { ...init, redirect: 'manual' }),
        bucket: (identifier) => ({
          set: async (key, value) => await (await own.open(identifier)).set(key, value),
          delete: async (key) => await (await own.open(identifier)).delete(key),
          async entries() {
            const all: [string, Uint8Array][] = [];
            for await (const part of new BucketEntries(await own.open(identifier)).read(undefined, ''))
              for (const { key, value } of part.entries) all.push([key, value]);
            return all;
          },
        }),
        operations: () => [],
        snapshot: async () => '',
        clock: {
          advance() {
            throw new HostError('runtime', 'not yet');
          },
        },
        faults: {
          add() {
            throw new HostError('runtime', 'not yet');
          },
          clear() {},
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await end();
      await transpiler.close();
      for (const folder of folders) await rm(folder, { recursive: true, force: true });
    },
  };
}
