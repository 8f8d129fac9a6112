import { open, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { BackendSettings } from '../configuration/backend-settings.ts';
import type { KeyvalueSettings } from '../configuration/store-rules.ts';
import { formatRule, rulesOf } from '../configuration/store-rules.ts';

/** What SQLite keeps beside a database. */
const besideDatabase = ['', '-wal', '-shm', '-journal'];
const databaseStart = Buffer.from('SQLite format 3\0');

/** The store that a file is a part of, for people; undefined where it is none of a store. */
export async function storeOf(path: string, keyvalue: KeyvalueSettings): Promise<string | undefined> {
  const place = await realOf(path);
  for (const rule of rulesOf(keyvalue)) {
    if (typeof rule === 'object' && (await isOf(rule, place))) return formatRule(rule);
  }
  return (await isDatabase(place)) ? 'a SQLite database' : undefined;
}

async function isOf(rule: BackendSettings, place: string): Promise<boolean> {
  if (rule.kind === 'sqlite') {
    const database = await realOf(rule.path);
    return besideDatabase.some((end) => place === database + end);
  }
  if (rule.kind !== 'filesystem') return false;
  // What lies in the folder itself belongs to no bucket.
  const inner = relative(await realOf(rule.path), place).split(sep);
  return inner.length > 1 && inner[0] !== '..' && inner[0] !== '';
}

async function isDatabase(path: string): Promise<boolean> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return false;
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(databaseStart.length));
    return bytesRead === databaseStart.length && buffer.equals(databaseStart);
  } finally {
    await file.close();
  }
}

/** The path without links, as far as it is there. */
async function realOf(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real !== undefined || path === dirname(path)) return real ?? path;
  return join(await realOf(dirname(path)), basename(path));
}
