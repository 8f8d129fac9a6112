import { workerData } from 'node:worker_threads';
import { useStackSize } from '../../engine/guest-stack.ts';
import { enableJspi } from '../../engine/jspi.ts';
import { filesystem } from '../../interfaces/filesystem/filesystem.ts';
import { OPERATION_TIMEOUT } from '../../interfaces/keyvalue/backends/definition.ts';
import { InMemoryBackend } from '../../interfaces/keyvalue/backends/memory/in-memory.ts';
import { CursorTable } from '../../interfaces/keyvalue/cursor-table.ts';
import { ThreadStores } from '../../interfaces/keyvalue/open-stores.ts';
import { WorkerMemory } from '../../interfaces/keyvalue/shared-memory/worker-memory.ts';
import { TurnLimit } from '../../interfaces/keyvalue/turn-limit.ts';
import { type RandomSource, seededRandom, systemRandom } from '../../interfaces/random/random.ts';
import { systemClock } from '../../shared/clock.ts';
import { ControlledClock } from '../../shared/controlled-clock.ts';
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

/** A worker: it holds the component's instances and the open stores. */
const setup = workerData as WorkerSetup;
const control = new ThreadControl(setup.control);
const channel = new Channel<FromWorker, ToWorker, GuestRequest>(setup.channel);
const host = new HostLink(channel);
const post = (message: FromWorker): void => host.post(message);

control.announce(systemThreadId());
enableJspi();
useStackSize(setup.stackSize);
const controlled = setup.clock === undefined ? undefined : new ControlledClock(setup.clock);
const clock = controlled ?? systemClock;
const memory: WorkerMemory = new WorkerMemory(
  new InMemoryBackend({
    generation: setup.generation,
    now: clock.now,
    onChange: (change) => {
      memory.countChange();
      setup.changes.postMessage(change);
    },
  }),
  control,
  post,
);
const cursors = new CursorTable({
  generation: setup.generation,
  onPosition: (position) => post({ type: 'position', position }),
});
/** Made when it is asked for: until then no code for it is loaded. */
let random: RandomSource | undefined;
const interception =
  setup.isIntercepted === true
    ? new (await import('../../interfaces/keyvalue/fault-injection/fault-injection.ts')).Interception(
        (step) => post({ type: 'step', step }),
        (text) => post({ type: 'tell', text }),
      )
    : undefined;
const output = new OutputWindow();
const requests = new Requests(
  {
    setup,
    program: await loadProgram(
      setup.program,
      new MemoryBudget(setup.memory, control, (text) => post({ type: 'tell', text })),
    ),
    stores: new ThreadStores(setup.keyvalue, memory, {
      now: clock.now,
      operationTimeout: OPERATION_TIMEOUT,
      tell: (text) => post({ type: 'tell', text }),
    }),
    cursors,
    turns: new TurnLimit(),
    filesystem: await filesystem(setup.volumes),
    clock,
    random: (length) => {
      random ??= setup.seed === undefined ? systemRandom : seededRandom(setup.seed);
      return random(length);
    },
    interceptor: interception,
    progress: (id) => post({ type: 'progress', id }),
    output,
    print: (id, stream, bytes) => {
      output.printed(bytes.length);
      post({ type: 'print', id, stream, bytes });
    },
  },
  host,
);

channel.listen({
  read: readRequest,
  item: begin,
  message: (message) => {
    if (message.type === 'request') return begin(message.request);
    obey(message);
    return undefined;
  },
});

/** Answers what has to come before the guest has begun. */
function begin(request: GuestRequest): Pause | undefined {
  const { id } = request;
  if (control.begin(id)) return requests.begin(request);
  post({ type: 'skipped', id });
  return undefined;
}

function obey(message: Exclude<ToWorker, { type: 'request' }>): void {
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
    case 'faults':
      interception?.faults.replace(message.faults);
      return;
    case 'schedule':
      interception?.follow(message.schedule);
      return;
    case 'forget':
      requests.forgetInstances();
      return;
    case 'reseed':
      random = undefined;
      return;
    case 'ping':
      post({ type: 'pong' });
      return;
    case 'memoryPart':
      memory.take(message.entries);
      post({ type: 'memoryTaken' });
      return;
    case 'memoryChange':
      memory.take([message.change]);
      return;
    case 'memoryYours':
      memory.own();
      return;
    case 'positions':
      for (const position of message.positions) cursors.learn(position);
      return;
    case 'memoryCall':
      memory.serve(message);
      return;
    case 'memoryAnswer':
      memory.settle(message);
      return;
  }
}

post({ type: 'ready' });
