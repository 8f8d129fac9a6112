import { X509Certificate } from 'node:crypto';
import { fileReason } from './file-reason.ts';
import { readPlainFile } from './plain-file.ts';

/** The largest file of certificates, in bytes. */
const mostBytes = 16 * 1024 * 1024;
const certificate = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Why a file has no certificates in PEM that servers could be checked against, to be put behind its name; undefined where it has. */
export async function whyNoCertificates(path: string): Promise<string | undefined> {
  let text: string;
  try {
    text = (await readPlainFile(path, mostBytes)).toString('latin1');
  } catch (error) {
    return fileReason(error);
  }
  const found = text.match(certificate);
  if (found === null) return 'has no certificate';
  const bad = found.findIndex((one) => !isCertificate(one));
  if (bad < 0) return undefined;
  return `has something else where its certificate ${bad + 1} should be`;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem) instanceof X509Certificate;
  } catch {
    return false;
  }
}
