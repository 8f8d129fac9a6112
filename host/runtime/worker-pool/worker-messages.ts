import { logLine, sizeOfLog } from '../worker/guest-log.ts';
import type { DispatcherEvents } from './dispatcher-events.ts';
import type { PooledWorker } from './pooled-worker.ts';
import type { WorkerMessage } from './worker-thread.ts';

/** What messages of workers are about, besides the requests of the worker. */
export interface WorkerOwner {
  readonly events: DispatcherEvents;
  /** The worker has done something for others, which it may have been kept for. */
  endIfDone(worker: PooledWorker): void;
  /** A request was not begun, and goes to another worker. */
  move(worker: PooledWorker, id: number): void;
}

/** Does what a worker's thread says. */
export function receive(worker: PooledWorker, message: WorkerMessage, owner: WorkerOwner): void {
  switch (message.type) {
    case 'about':
      worker.invocations.get(message.id)?.receive(message.message);
      return;
    case 'note':
      worker.invocations.get(message.id)?.note?.(message.kind, message.amount);
      return;
    case 'progress':
      worker.invocations.get(message.id)?.progress();
      return;
    case 'interface':
      worker.interfaces.receive(message.name, message.message);
      owner.endIfDone(worker);
      return;
    case 'print':
      print(worker, message, owner);
      return;
    case 'log':
      log(worker, message, owner);
      return;
    case 'step':
      owner.events.step?.(message.step);
      return;
    case 'tell':
      owner.events.warning(message.text);
      return;
    case 'pong':
      worker.isPinged = false;
      return;
    case 'skipped':
      owner.move(worker, message.id);
      return;
  }
}

function print(
  worker: PooledWorker,
  { id, stream, bytes }: Extract<WorkerMessage, { type: 'print' }>,
  { events }: WorkerOwner,
): void {
  const taken = events.print(worker.invocations.get(id)?.number ?? 0, stream, bytes);
  tellTaken(worker, bytes.length, taken);
}

function log(
  worker: PooledWorker,
  { id, log: message }: Extract<WorkerMessage, { type: 'log' }>,
  { events }: WorkerOwner,
): void {
  const request = worker.invocations.get(id)?.number ?? 0;
  const taken =
    events.log === undefined
      ? events.print(request, 'stderr', logLine(message))
      : events.log(request, message);
  tellTaken(worker, sizeOfLog(message), taken);
}

function tellTaken(worker: PooledWorker, bytes: number, taken: Promise<void> | void): void {
  if (taken === undefined) worker.printed(bytes);
  else taken.then(() => worker.printed(bytes));
}
