import { absolutePath, shownPath } from '../shared/path.ts';
import { fileKey } from './file-key.ts';
import type { Setting } from './setting.ts';

/** What the server proves itself with; absolute paths of files in PEM. */
export interface Tls {
  readonly certificate: string;
  readonly key: string;
  /** Whoever has no certificate of these authorities is refused. */
  readonly authorities: string | undefined;
}

const keys = {
  certificate: fileKey('dev.tls_cert_path', ({ path }) =>
    path(
      'Certificate of the server in PEM, with those between it and its authority: HTTPS is served in place of HTTP. Default: none.',
    ),
  ),
  key: fileKey('dev.tls_key_path', ({ path }) => path('Private key of that certificate, in PEM.')),
  authorities: fileKey('dev.tls_ca_path', ({ path }) =>
    path('Authorities in PEM: clients must have a certificate of one of them. Default: clients need none.'),
  ),
};

export const tlsSetting = {
  name: 'tls',
  explanation: 'The certificate of the server, with which it serves HTTPS.',
  keys: Object.values(keys),
  async resolve({ file, cwd, directory, report, origins }): Promise<Tls | undefined> {
    const place = (key: string): string => file?.locate(key.split('.'), 'key') ?? '';
    const written = (name: keyof typeof keys): string | undefined => {
      const path = file?.written(keys[name]);
      return path === undefined ? undefined : absolutePath(directory, path);
    };
    const [certificate, key, authorities] = [written('certificate'), written('key'), written('authorities')];
    const given = Object.values(keys).find((one) => file?.written(one) !== undefined);
    origins.set('tls', given === undefined ? 'default' : place(given.key));
    if (given === undefined) return undefined;
    const problem = (name: keyof typeof keys, why: string): undefined => {
      const { key: of } = keys[name];
      report.problem(() => `${place(of)}: ${of} ${why}`);
    };
    if (certificate === undefined || key === undefined) {
      const [there, missing] = certificate === undefined ? ['key', 'certificate'] : ['certificate', 'key'];
      const isBoth = certificate === undefined && key === undefined;
      const shown = isBoth ? 'authorities' : (there as keyof typeof keys);
      const wanted = isBoth
        ? `${keys.certificate.key} and ${keys.key.key}`
        : keys[missing as keyof typeof keys].key;
      return problem(shown, `has no effect without ${wanted}. Name the server's files, or none.`);
    }
    const tls = { certificate, key, authorities };
    const { whyNoTls } = await import('./tls-files.ts');
    const wrong = await whyNoTls(tls);
    if (wrong === undefined) return tls;
    const path = tls[wrong.name] ?? '';
    return problem(
      wrong.name,
      `names ${shownPath(path, cwd)}, which ${wrong.reason}. Expected a file in PEM.`,
    );
  },
  *show(tls: Tls | undefined) {
    yield ['tls', tls?.certificate];
  },
} as const satisfies Setting<'tls', Tls | undefined>;
