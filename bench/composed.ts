import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { componentPath } from './build.ts';
import { findExecutable } from './peers.ts';

/** One component of two, of which the first calls the second: its path. Throws where `wasm-tools` is not installed. */
export async function composed(first: string, second: string, folder: string): Promise<string> {
  const tools = await findExecutable('wasm-tools', 'bin/wasm-tools');
  if (tools === undefined) throw new Error('needs wasm-tools, which is not installed');
  const path = join(folder, `${first}-composed.wasm`);
  await promisify(execFile)(tools, [
    'compose',
    componentPath(first),
    '-d',
    componentPath(second),
    '-o',
    path,
  ]);
  return path;
}
