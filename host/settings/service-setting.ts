import { absolutePath } from '../shared/path.ts';
import { placeOfKey } from './at-place.ts';
import { fileKey } from './file-key.ts';
import type { Setting } from './setting.ts';

/** What runs beside the component, for as long as the host does. */
export interface ServiceSetting {
  /** The component that is the service: an absolute path. */
  readonly file: string;
  /** Where that was said. */
  readonly place: string;
}

const file = fileKey('dev.service_file', ({ path }) =>
  path('Component that runs beside the main one as a service: it exports `wasi:cli/run`. Default: none.'),
);
const image = fileKey('dev.service_image', ({ text }) =>
  text(
    'The same. Only a path of this machine, such as `./service.wasm`, has an effect: nothing is pulled from registries.',
  ),
);

export const serviceSetting = {
  name: 'service',
  keys: [file, image],
  resolve({ file: config, directory, report, origins }): ServiceSetting | undefined {
    const [path, reference] = [config?.written(file), config?.written(image)];
    const place = (name: string): string => config?.locate(['dev', name], 'key') ?? '';
    if (path !== undefined && reference !== undefined) {
      report.problem(
        () =>
          `${place('service_image')}: dev.service_image and dev.service_file each name the service. Expected one of them.`,
      );
      return undefined;
    }
    if (path !== undefined) {
      origins.set('service', place('service_file'));
      return {
        file: absolutePath(directory, path),
        place: placeOfKey({ file: config }, ['dev', 'service_file']),
      };
    }
    origins.set('service', reference === undefined ? 'default' : place('service_image'));
    if (reference === undefined) return undefined;
    if (/^(?:\.{0,2}\/|file:|~\/)/.test(reference))
      return {
        file: absolutePath(directory, reference.replace(/^file:(?:\/\/)?/, '')),
        place: placeOfKey({ file: config }, ['dev', 'service_image']),
      };
    report.warn(
      () =>
        `${place('service_image')}: dev.service_image is ${JSON.stringify(reference)}, and nothing is pulled from registries yet: no service runs. Name its file as dev.service_file.`,
    );
    return undefined;
  },
  show: (service) => [['service', service?.file]],
} as const satisfies Setting<'service', ServiceSetting | undefined>;
