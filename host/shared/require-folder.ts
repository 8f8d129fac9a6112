import { stat } from 'node:fs/promises';
import { HostError } from './host-error.ts';

/** Throws a `HostError` where the folder that `-C` names is none. */
export async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  const what = found === undefined ? 'does not exist' : 'is no folder';
  throw new HostError('usage', `${path} ${what}. Name the project's folder with -C.`);
}
