import { useStackSize } from '../../engine/guest-stack.ts';
import { enableJspi } from '../../engine/jspi.ts';
import { systemClock } from '../../shared/clock.ts';
import { ControlledClock } from '../../shared/controlled-clock.ts';
import type { RuntimeInterface, WorkerPart } from '../interface.ts';
import { readCall } from '../ipc/call-record.ts';
import { Channel, type Pause } from '../ipc/channel.ts';
import { type Noted, readNote } from '../ipc/note-record.ts';
import type { FromWorker, ToWorker, WorkerSetup } from '../ipc/protocol.ts';
import type { RingBuffer } from '../ipc/ring-buffer.ts';
import { TracedOperations } from '../trace/traced-operations.ts';
import { type GuestLog, sizeOfLog } from './guest-log.ts';
import { HostLink } from './host-link.ts';
import { MemoryBudget } from './memory-budget.ts';
import { OutputWindow } from './output-window.ts';
import { loadProgram } from './program.ts';
import { Requests, type WorkerRequests } from './requests.ts';
import { systemThreadId } from './system-thread-id.ts';
import { ThreadControl } from './thread-control.ts';
import type { GuestCall, WorkerTrigger } from './worker-trigger.ts';

/** What a worker is made of besides the runtime; see `HostParts`. */
export interface WorkerParts {
  readonly interfaces: readonly RuntimeInterface[];
  readonly triggers: readonly WorkerTrigger[];
}

/**
 * Runs a component in this thread, a worker: it holds the component's instances and what the interfaces keep for them.
 *
 * @param known what a component may import, and what may call it
 */
export async function runWorker(setup: WorkerSetup, known: WorkerParts): Promise<void> {
  const control = new ThreadControl(setup.control);
  const channel = new Channel<FromWorker, ToWorker, GuestCall | undefined>(setup.channel);
  const host = new HostLink(channel);
  const post = (message: FromWorker): void => host.post(message);
  const tell = (text: string): void => post({ type: 'tell', text });

  control.announce(systemThreadId());
  enableJspi();
  useStackSize(setup.stackSize);
  const controlled = setup.clock === undefined ? undefined : new ControlledClock(setup.clock);
  const injection =
    setup.faults === undefined
      ? undefined
      : new (await import('../fault-injection/fault-injection.ts')).FaultInjection(
          (step) => post({ type: 'step', step }),
          tell,
        );
  const interfaces = new Map<string, WorkerPart>();
  for (const one of known.interfaces) {
    const { name } = one;
    const given = setup.interfaces[name];
    if (given === undefined) continue;
    const part = one.start(given.config, {
      clock: controlled ?? systemClock,
      generation: setup.generation,
      shared: given.shared,
      interceptor: injection,
      post: (message) => post({ type: 'interface', name, message }),
      tell,
    });
    interfaces.set(name, part instanceof Promise ? await part : part);
  }
  const triggers = setup.triggers.map((name) => known.triggers.find((one) => one.name === name));
  const triggerOf = (number: number): WorkerTrigger => {
    const trigger = triggers[number];
    if (trigger === undefined) throw new TypeError(`there is no trigger ${number}`);
    return trigger;
  };
  const read = (number: number, ring: RingBuffer, at: number, id: number): GuestCall =>
    triggerOf(number).read(ring, at, id, host, channel.incomingBlocks);
  if (setup.faults !== undefined) injection?.faults.replace(setup.faults);
  const output = new OutputWindow();
  const program = await loadProgram(setup.program, new MemoryBudget(setup.memory, control, tell));
  const shared = {
    setup,
    program,
    interfaces,
    operations: new TracedOperations(known.interfaces.flatMap(({ operations }) => operations ?? [])),
    interceptor: injection,
    progress: (id: number) => post({ type: 'progress', id }),
    output,
    print: (id: number, stream: 'stdout' | 'stderr', bytes: Uint8Array) => {
      output.printed(bytes.length);
      post({ type: 'print', id, stream, bytes });
    },
    log: (id: number, log: GuestLog) => {
      output.printed(sizeOfLog(log));
      post({ type: 'log', id, log });
    },
  };
  const requests: WorkerRequests =
    setup.sharing !== undefined && program.isShareable === true
      ? new (await import('./shared-requests.ts')).SharedRequests(shared, setup.sharing)
      : new Requests(shared);

  /** Answers what has to come before the guest has begun. */
  const begin = (call: GuestCall): Pause | undefined => {
    const { id } = call;
    if (control.begin(id)) return requests.begin(call);
    post({ type: 'skipped', id });
    return undefined;
  };

  const noted: Noted = {
    note: (id, kind, amount) => requests.callOf(id)?.note?.(kind, amount),
    bytes(id, lent) {
      const call = requests.callOf(id);
      if (call?.bytes === undefined) lent.giveBack();
      else call.bytes(lent);
    },
  };

  const obey = (message: Exclude<ToWorker, { type: 'call' }>): void => {
    switch (message.type) {
      case 'about':
        requests.receive(message.id, message.message);
        return;
      case 'note':
        noted.note(message.id, message.kind, message.amount);
        return;
      case 'printed':
        output.taken(message.bytes);
        return;
      case 'abort':
        requests.abort(message.id, message.reason);
        return;
      case 'time':
        controlled?.changed();
        return;
      case 'faults':
        injection?.faults.replace(message.faults);
        return;
      case 'schedule':
        injection?.follow(message.schedule);
        return;
      case 'forget':
        requests.forgetInstances();
        return;
      case 'ping':
        post({ type: 'pong' });
        return;
      case 'interface':
        interfaces.get(message.name)?.receive?.(message.message);
        return;
    }
  };

  channel.listen({
    read: (ring, at) =>
      readNote(ring, at, channel.incomingBlocks, noted) ? undefined : readCall(ring, at, read),
    item: (call) => (call === undefined ? undefined : begin(call)),
    message: (message) => {
      if (message.type === 'call')
        return begin(triggerOf(message.trigger).take(message.value, message.id, host));
      obey(message);
      return undefined;
    },
  });
  post({ type: 'ready' });
}
