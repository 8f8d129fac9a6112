import { workerData } from 'node:worker_threads';
import { entriesOf } from '../../engine/link/program.ts';
import { loadInterfaces } from '../../interfaces/index.ts';
import type { WorkerSetup } from '../../runtime/ipc/protocol.ts';
import { runWorker } from '../../runtime/worker/worker.ts';
import type { WorkerTrigger } from '../../runtime/worker/worker-trigger.ts';
import { httpTrigger, otherHttpTrigger } from '../../triggers/http/worker/trigger.ts';

const setup = workerData as WorkerSetup;
const [interfaces, triggers] = await Promise.all([loadInterfaces(), triggersOf(setup)]);
await runWorker(setup, { interfaces, triggers });

async function triggersOf(setup: WorkerSetup): Promise<WorkerTrigger[]> {
  const { triggers, program, handlers = [], watchers = [] } = setup;
  const names = triggers.filter((name) => name !== 'messaging' && name !== 'keyvalue-watch');
  const found = await Promise.all(names.map((name) => triggerOf(name, setup)));
  if (watchers.length > 0) {
    const { watchTrigger } = await import('../../triggers/keyvalue-watch/worker/trigger.ts');
    found.push(watchTrigger(watchers));
  }
  if (handlers.length === 0 || program.kind !== 'linked') return found;
  const { messagingTrigger } = await import('../../triggers/messaging/worker/trigger.ts');
  const entries = entriesOf(program);
  return [...found, messagingTrigger(handlers, (entry) => entries[entry]?.type.isAsync === true)];
}

async function triggerOf(name: string, { triggers, program, routes }: WorkerSetup): Promise<WorkerTrigger> {
  if (name === 'run') return (await import('../../triggers/run/worker/trigger.ts')).runTrigger;
  // A service that answers requests is called by both, and runs by the first entry.
  if (triggers.includes('run')) return await otherHttpTrigger(true, [{ path: '', entry: 1 }]);
  const isAsync = program.kind === 'linked' && program.entry.type.isAsync;
  const isUsual = !isAsync && routes === undefined;
  return isUsual ? httpTrigger : await otherHttpTrigger(isAsync, routes);
}
