import { useStackSize } from '../../engine/guest-stack.ts';
import { enableJspi } from '../../engine/jspi.ts';
import { systemClock } from '../../shared/clock.ts';
import { ControlledClock } from '../../shared/controlled-clock.ts';
import type { RuntimeInterface, WorkerPart } from '../interface.ts';
import { Channel, type Pause } from '../ipc/channel.ts';
import type { FromWorker, GuestRequest, ToWorker, WorkerSetup } from '../ipc/protocol.ts';
import { readRequest } from '../ipc/records.ts';
import { HostLink } from './host-link.ts';
import { MemoryBudget } from './memory-budget.ts';
import { OutputWindow } from './output-window.ts';
import { loadProgram } from './program.ts';
import { Requests } from './requests.ts';
import { systemThreadId } from './system-thread-id.ts';
import { ThreadControl } from './thread-control.ts';

/**
 * Runs a component in this thread, a worker: it holds the component's instances and what the interfaces keep for them.
 *
 * @param known the interfaces that a component may import
 */
export async function runWorker(setup: WorkerSetup, known: readonly RuntimeInterface[]): Promise<void> {
  const control = new ThreadControl(setup.control);
  const channel = new Channel<FromWorker, ToWorker, GuestRequest>(setup.channel);
  const host = new HostLink(channel);
  const post = (message: FromWorker): void => host.post(message);
  const tell = (text: string): void => post({ type: 'tell', text });

  control.announce(systemThreadId());
  enableJspi();
  useStackSize(setup.stackSize);
  const controlled = setup.clock === undefined ? undefined : new ControlledClock(setup.clock);
  const interfaces = new Map<string, WorkerPart>();
  for (const one of known) {
    const { name } = one;
    const given = setup.interfaces[name];
    if (given === undefined) continue;
    const part = one.start(given.config, {
      clock: controlled ?? systemClock,
      generation: setup.generation,
      shared: given.shared,
      post: (message) => post({ type: 'interface', name, message }),
      tell,
    });
    interfaces.set(name, part instanceof Promise ? await part : part);
  }
  const output = new OutputWindow();
  const requests = new Requests(
    {
      setup,
      program: await loadProgram(setup.program, new MemoryBudget(setup.memory, control, tell)),
      interfaces: [...interfaces.values()],
      progress: (id) => post({ type: 'progress', id }),
      output,
      print: (id, stream, bytes) => {
        output.printed(bytes.length);
        post({ type: 'print', id, stream, bytes });
      },
    },
    host,
  );

  /** Answers what has to come before the guest has begun. */
  const begin = (request: GuestRequest): Pause | undefined => {
    const { id } = request;
    if (control.begin(id)) return requests.begin(request);
    post({ type: 'skipped', id });
    return undefined;
  };

  const obey = (message: Exclude<ToWorker, { type: 'request' }>): void => {
    switch (message.type) {
      case 'body':
        requests.get(message.id)?.body.push(message.bytes);
        return;
      case 'bodyEnd':
        requests.get(message.id)?.body.end(message.trailers);
        return;
      case 'acknowledge':
        requests.get(message.id)?.response.acknowledge(message.bytes);
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
    read: readRequest,
    item: begin,
    message: (message) => {
      if (message.type === 'request') return begin(message.request);
      obey(message);
      return undefined;
    },
  });
  post({ type: 'ready' });
}
