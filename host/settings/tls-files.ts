import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { whyNoCertificates } from '../shared/certificate-file.ts';
import { fileReason } from '../shared/file-reason.ts';
import { readPlainFile } from '../shared/plain-file.ts';
import type { Tls } from './tls-setting.ts';

/** The largest file with a key, in bytes. */
const mostBytes = 1024 * 1024;

/** What a server of Node takes. */
export interface TlsFiles {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly ca?: Buffer;
}

/** Why a server can't use the files, to be put behind the name of one; undefined where it can. */
export async function whyNoTls(
  tls: Tls,
): Promise<{ readonly name: keyof Tls; readonly reason: string } | undefined> {
  for (const name of ['certificate', 'authorities'] as const) {
    const path = tls[name];
    const reason = path === undefined ? undefined : await whyNoCertificates(path);
    if (reason !== undefined) return { name, reason };
  }
  try {
    const key = await readPlainFile(tls.key, mostBytes);
    if (!key.includes('PRIVATE KEY-----')) return { name: 'key', reason: 'has no private key' };
    if (key.includes('ENCRYPTED'))
      return { name: 'key', reason: 'is encrypted, and nobody is asked for its password' };
  } catch (error) {
    return { name: 'key', reason: fileReason(error) };
  }
  const files = await readTls(tls);
  try {
    createSecureContext(files);
    return undefined;
  } catch (error) {
    const isOther = error instanceof Error && 'code' in error && String(error.code).includes('MISMATCH');
    return {
      name: 'key',
      reason: isOther ? 'is the key of another certificate' : 'has no key that can be read',
    };
  }
}

export async function readTls({ certificate, key, authorities }: Tls): Promise<TlsFiles> {
  return {
    cert: await readFile(certificate),
    key: await readFile(key),
    ...(authorities === undefined ? {} : { ca: await readFile(authorities) }),
  };
}
