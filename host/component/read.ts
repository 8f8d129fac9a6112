import { type ComponentDescription, decodeComponent } from '../engine/decode/decode.ts';
import { Undecodable } from '../engine/decode/undecodable.ts';
import { fileReason } from '../shared/file-reason.ts';
import { HostError, reasonOf } from '../shared/host-error.ts';
import { readPlainFile } from '../shared/plain-file.ts';

/** The version of the component format that tools have written since 2023. */
const binaryVersion = 13;

/** A component's file, read and understood. */
export interface ComponentFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly description: ComponentDescription;
}

/** Reads a component. Throws a `HostError` that says what the file is instead, when it is none. */
export async function readComponent(path: string): Promise<ComponentFile> {
  const bytes = await readBytes(path);
  const notComponent = whyNoComponent(bytes);
  if (notComponent !== undefined) throw new HostError('component', `${path} ${notComponent}`);
  try {
    return { path, bytes, description: decodeComponent(bytes) };
  } catch (cause) {
    if (cause instanceof Undecodable)
      throw new HostError('component', `${path} ${cause.message}.`, { cause });
    const message = `${path} can't be read as a WebAssembly component: ${reasonOf(cause)}. Is it complete?`;
    throw new HostError('component', message, { cause });
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readPlainFile(path);
  } catch (cause) {
    const reason = fileReason(cause);
    const advice: Readonly<Record<string, string>> = {
      'does not exist': '. Build the component first, or name another file.',
      'is a folder': '; name the .wasm file in it.',
    };
    throw new HostError('component', `${path} ${reason}${advice[reason] ?? '.'}`, { cause });
  }
}

/** The binary's preamble: `\0asm`, then the version and layer that tell components from core modules. */
function whyNoComponent(bytes: Uint8Array): string | undefined {
  if (bytes.length === 0) return 'is empty. Build the component again.';
  const magic = [0x00, 0x61, 0x73, 0x6d];
  if (!magic.every((byte, index) => bytes[index] === byte)) {
    return 'is no WebAssembly file. Name a component (.wasm), not its source or text format.';
  }
  if (bytes.length < 8)
    return "can't be read as a WebAssembly component: it ends in its first 8 bytes. Is it complete?";
  if (bytes[6] === 1) {
    if (bytes[4] === binaryVersion) return undefined;
    return `has version ${bytes[4]} of the component format; version ${binaryVersion} is served. Build it with current tools.`;
  }
  return (
    'is a core WebAssembly module, not a component. ' +
    'Build with `cargo build --target wasm32-wasip2`, or turn it into a component with `wasm-tools component new`.'
  );
}
