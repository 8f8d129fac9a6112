import { parentPort, workerData } from 'node:worker_threads';
import { decodeComponent } from './decode.ts';
import { linkOf } from './program.ts';
import { makeResettable } from './reset/prepare.ts';

/** The thread of `notingModules`: it gets the component's bytes, and answers the compiled modules. */
const link = linkOf(decodeComponent(workerData as Uint8Array<ArrayBuffer>));
if ('problem' in link) throw new Error(link.problem);
const resettable = makeResettable(link, { notes: true });
if ('problem' in resettable) throw new Error(resettable.problem);
parentPort?.postMessage(await Promise.all(resettable.modules.map((bytes) => WebAssembly.compile(bytes))));
