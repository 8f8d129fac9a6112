import { fileKey } from '../../settings/file-key.ts';
import type { Setting } from '../../settings/setting.ts';
import { absolutePath } from '../../shared/path.ts';
import type { Volume } from './filesystem.ts';

const volumes = fileKey('dev.volumes', ({ sections, required, path }) =>
  sections(
    {
      host_path: required(path('Folder of this machine.')),
      guest_path: required(path('Path that the component opens.')),
    },
    'Folders that the component sees. Default: none.',
  ),
);

export const settings = [
  {
    name: 'volumes',
    keys: [volumes],
    resolve({ file, directory, origins }): readonly Volume[] {
      const written = file?.written(volumes) ?? [];
      const place = written.length > 0 ? file?.locate(['dev', 'volumes'], 'key') : undefined;
      origins.set('volumes', place ?? 'default');
      return written.map(({ host_path, guest_path }) => ({
        hostPath: absolutePath(directory, host_path),
        guestPath: guest_path,
      }));
    },
    *show(value: readonly Volume[]) {
      yield [
        'volumes',
        value.map(({ hostPath, guestPath }) => `${hostPath} at ${guestPath}`).join(', ') || 'none',
      ];
    },
  },
] as const satisfies readonly [Setting<'volumes', readonly Volume[]>];
