import { parentPort, workerData } from 'node:worker_threads';
import { loadInterfaces } from '../../../interfaces/index.ts';
import { reasonOf } from '../../../shared/host-error.ts';
import type { FromTelemetry, TelemetryItem, TelemetryStart, ToTelemetry } from '../messages.ts';
import { loadPackages } from './packages.ts';
import { Sender } from './sender.ts';

/** The thread that sends telemetry; see `Telemetry`. */
const post = (message: FromTelemetry): void => parentPort?.postMessage(message);
const tell = (text: string): void => post({ type: 'tell', text });

// A span of an operation is described by the interface whose operation it is.
const loading = Promise.all([loadPackages(), loadInterfaces()]).then(
  ([packages]) => new Sender(workerData as TelemetryStart, packages, tell),
  (error: unknown) => {
    tell(reasonOf(error));
    return undefined;
  },
);
/** What has been told: a component could make the same happen any number of times. */
const told = new Set<string>();
function tellOnce(what: string, error: unknown): void {
  if (told.has(what)) return;
  told.add(what);
  tell(`${what}: ${reasonOf(error)}`);
}
// What a library leaves unheeded must not end all the rest.
process.on('uncaughtException', (error) => tellOnce('telemetry has failed', error));

parentPort?.on('message', async (message: ToTelemetry) => {
  const sender = await loading;
  if (message.type === 'end') {
    await sender?.end();
    post({ type: 'ended' });
    return;
  }
  for (const item of message.items) take(sender, item);
  post({ type: 'taken', items: message.items.length });
});

/** What a component tells may be anything: it costs itself, and no other item. */
function take(sender: Sender | undefined, item: TelemetryItem): void {
  try {
    sender?.take(item);
  } catch (error) {
    tellOnce(`of telemetry, a ${item.type} could not be sent`, error);
  }
}
