import { readFileSync } from 'node:fs';
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';
import { reasonOf } from '../../../shared/host-error.ts';
import type { TrustRoots } from '../settings.ts';
import { OutgoingError } from './error-codes.ts';

/** The authorities that servers are checked against. */
export interface TrustSettings {
  readonly roots: TrustRoots;
  /** Absolute paths of further ones, in PEM. */
  readonly paths: readonly string[];
}

/** The authorities that servers are checked against, read with the first server. */
export class Trust {
  readonly #settings: TrustSettings;
  #context: SecureContext | undefined;

  constructor(settings: TrustSettings) {
    this.#settings = settings;
  }

  /** Throws an `OutgoingError` where a file can't be read. */
  get context(): SecureContext {
    this.#context ??= createSecureContext({ ca: certificatesOf(this.#settings) });
    return this.#context;
  }
}

function certificatesOf({ roots, paths }: TrustSettings): string[] {
  const bundled = roots === 'webpki' || roots === 'webpki-and-native' ? getCACertificates('bundled') : [];
  // What `NODE_EXTRA_CA_CERTS` names belongs to what this machine trusts.
  const native =
    roots === 'native' || roots === 'webpki-and-native'
      ? [...getCACertificates('system'), ...getCACertificates('extra')]
      : [];
  return [...new Set([...bundled, ...native, ...paths.map(readCertificates)])];
}

function readCertificates(path: string): string {
  try {
    const text = readFileSync(path, 'utf8');
    if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('it has no certificate in PEM');
    return text;
  } catch (error) {
    const message = `dev.http_client_ca_paths names ${path}, which can't be read: ${reasonOf(error)}`;
    throw new OutgoingError({ tag: 'configuration-error' }, message);
  }
}
