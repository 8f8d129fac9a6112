import { join } from 'node:path';
import { versionOf } from '../contenders/version-of.ts';
import { findExecutable, firstFile, peersFolder } from '../peers.ts';

/** A component in another language than Rust. Its world `guest` is in `world.wit` of the folder of its name. */
export interface Guest {
  /** Below this folder. */
  readonly sources: readonly string[];
  /** Of the packages in `wit/`. */
  readonly packages: readonly string[];
  /** What its engine has in the place of the version of WASI 0.2 there. */
  readonly wasi02?: string;
  /** What has to be installed, for people. */
  readonly needs: string;
  /** The tool that builds it, with its first arguments; undefined where it is not installed. */
  find(): Promise<Tool | undefined>;
  /** The arguments that make a component of the sources and `wit/` in the working directory. */
  args(output: string): readonly string[];
}

export interface Tool {
  readonly file: string;
  readonly args: readonly string[];
}

export type GuestName = keyof typeof guests;

const keyvalue = 'wasi-keyvalue@0.2.0-draft';
const names = ['cli', 'clocks', 'filesystem', 'http', 'random', 'sockets'];
const packages02 = [...names, 'io'].map((name) => `wasi-${name}@0.2.12`).concat(keyvalue);
const packages03 = names.map((name) => `wasi-${name}@0.3.0`).concat(keyvalue);

const python = {
  needs: 'componentize-py 0.25',
  find: async (): Promise<Tool | undefined> => {
    const file = await findExecutable('componentize-py', 'python/bin/componentize-py');
    return file === undefined ? undefined : { file, args: [] };
  },
  args: (output: string) => ['-q', '-d', 'wit', '-w', 'guest', 'componentize', 'app', '-o', output],
};

export const guests = {
  javascript: {
    sources: ['javascript/guest.js'],
    packages: packages02,
    wasi02: '0.2.10',
    needs: 'componentize-js 0.23',
    find: async () => {
      const path = join(peersFolder, 'node_modules/@bytecodealliance/componentize-js/src/cli.js');
      const file = await firstFile([path]);
      return file === undefined ? undefined : { file: process.execPath, args: [file] };
    },
    args: (output) => ['guest.js', '--wit', 'wit', '-n', 'guest', '-o', output],
  },
  python: { ...python, sources: ['python/app.py', 'python/answers.py'], packages: packages02 },
  'python-async': {
    ...python,
    sources: ['python-async/app.py', 'python/answers.py'],
    packages: packages03,
  },
} satisfies Record<string, Guest>;

/** The version of the tool that builds a guest; undefined where that is not installed. */
export async function toolVersion({ find }: Guest): Promise<string | undefined> {
  const tool = await find();
  return tool && (await versionOf(tool.file, [...tool.args, '--version']));
}
