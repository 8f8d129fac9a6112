import { absolutePath } from '../shared/path.ts';
import { inFile, settle } from './choose.ts';
import { fileKey } from './file-key.ts';
import type { Setting } from './setting.ts';
import { shownTexts, type TextMap, textMapOf } from './text-map.ts';

/** How the component is built. */
export interface Build {
  /** A shell command that builds the component. Default: none. */
  readonly command: string | undefined;
  /** Variables for that command only. Default: none. */
  readonly env: TextMap;
  /** What the command makes, as an absolute path, where the file names it. Default: the component that is served. */
  readonly component: string | undefined;
}

const devCommand = fileKey('dev.command', ({ command }) =>
  command('Command that builds the component during development. Default: `build.command`.'),
);
const buildCommand = fileKey('build.command', ({ command }) =>
  command(
    'Shell command that builds the component, run in the project’s folder at the start and when a source changes.',
  ),
);
const variables = fileKey('build.env', ({ variables }) => variables('Variables for that command.'));

export const buildSetting = {
  name: 'build',
  keys: [devCommand, buildCommand, variables],
  resolve(sources): Build {
    const given = inFile(sources, [devCommand.key, buildCommand.key]);
    const command = settle(sources, 'build.command', given, (text) => ({ value: text }));
    const made = inFile(sources, ['dev.component_path', 'build.component_path'])?.text;
    return {
      command,
      env: textMapOf(sources, 'build.env', variables),
      component: made === undefined ? undefined : absolutePath(sources.directory, made),
    };
  },
  show: ({ command, env }) => [['build.command', command], ...shownTexts('build.env', env)],
} as const satisfies Setting<'build', Build>;
