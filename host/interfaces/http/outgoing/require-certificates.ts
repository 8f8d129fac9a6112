import type { NamedFile } from '../../../settings/at-place.ts';
import { whyNoCertificates } from '../../../shared/certificate-file.ts';
import { HostError } from '../../../shared/host-error.ts';

/**
 * Rejects with a `HostError` (`config`) where a file of `dev.http_client_ca_paths` has no certificates.
 */
export async function requireCertificates(files: readonly NamedFile[]): Promise<void> {
  const reasons = await Promise.all(files.map(({ path }) => whyNoCertificates(path)));
  const problems = files.flatMap(({ path, place }, index) => {
    const reason = reasons[index];
    return reason === undefined ? [] : [`${place} names ${path}, which ${reason}. Expected a file in PEM.`];
  });
  if (problems.length > 0) throw new HostError('config', problems.join('\n'));
}
