import { setFlagsFromString } from 'node:v8';
import { HostError } from '../shared/host-error.ts';

/**
 * Turns JSPI on for this thread: Node 26 has it on, Node 24 behind a flag that can be set at run time.
 * Throws a `HostError` on a Node without it.
 */
export function enableJspi(): void {
  if (hasJspi()) return;
  // An older V8 would complain about the flag by itself.
  if (Number(process.versions.node.split('.', 1)[0]) >= 24) setFlagsFromString('--experimental-wasm-jspi');
  if (hasJspi()) return;
  throw new HostError(
    'runtime',
    `kvasi needs Node 24 or newer, this is Node ${process.versions.node}: it can't suspend WebAssembly (JSPI). ` +
      'Install a newer Node from https://nodejs.org and try again.',
  );
}

function hasJspi(): boolean {
  return 'Suspending' in WebAssembly && 'promising' in WebAssembly;
}
