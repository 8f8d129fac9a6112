import { HostError } from '../../shared/host-error.ts';
import type { Language, WasiVersion } from './languages.ts';
import { missingComponentizePy, missingRust, rustTarget } from './missing-tools.ts';

/** What a new project is made of. */
export interface Template {
  /** For people, after its path. */
  readonly title: string;
  /** Folders in `components/`; a file of a later one takes the place of an earlier one's. */
  readonly layers: readonly Layer[];
  /** Packages of `wit/` whose interfaces its world needs, and the version of WASI 0.2 that they are to have. */
  readonly packages: readonly string[];
  readonly wasi02?: string;
  /** Where its component lies when it is built; `app-name` and `app_name` stand for its name. */
  readonly artifact: string;
  /** The commands that build and serve it. */
  readonly commands: readonly string[];
  /** What has to be installed before it can be built. */
  missing(): Promise<string | undefined>;
}

interface Layer {
  readonly folder: string;
  /** Absent: all files. */
  readonly files?: readonly string[];
}

/** The artifact that the files of the first template name. */
export const rustArtifact = `target/${rustTarget}/release/app_name.wasm`;

const keyvalue = 'wasi-keyvalue@0.2.0-draft';
const packages02 = ['wasi-http@0.2.12', 'wasi-io@0.2.12', 'wasi-clocks@0.2.12'];
const packages03 = ['wasi-http@0.3.0', 'wasi-clocks@0.3.0'];

const rust: Template = {
  title: 'a Rust project for a component that keeps values in wasi:keyvalue',
  layers: [{ folder: 'template' }],
  packages: [keyvalue],
  artifact: rustArtifact,
  commands: [`cargo build --target ${rustTarget} --release`, 'kvasi dev'],
  missing: missingRust,
};

const rust03: Template = {
  ...rust,
  title: 'a Rust project for a component of WASI 0.3 that keeps values in wasi:keyvalue',
  layers: [...rust.layers, { folder: 'template-wasi-0.3' }],
  packages: [...packages03, keyvalue],
};

/** What is expected of the component is the same in each language. */
const expectations: Layer = { folder: 'template', files: ['scenarios.yaml', 'test/handler.test.mjs'] };

const typescript: Template = {
  title: 'a TypeScript project for a component that keeps values in wasi:keyvalue',
  layers: [expectations, { folder: 'template-typescript' }],
  packages: [...packages02, keyvalue],
  wasi02: '0.2.10',
  artifact: 'app-name.wasm',
  commands: ['npm install', 'npm run build', 'npx kvasi dev'],
  missing: async () => undefined,
};

const python: Template = {
  title: 'a Python project for a component that keeps values in wasi:keyvalue',
  layers: [expectations, { folder: 'template-python' }],
  packages: [...packages02, keyvalue],
  artifact: 'app-name.wasm',
  commands: ['componentize-py -d wit -w app componentize handler -o app-name.wasm', 'kvasi dev'],
  missing: missingComponentizePy,
};

/** Throws where there is none. */
export function templateOf(language: Language, wasi: WasiVersion): Template {
  if (language === 'rust') return wasi === '0.3' ? rust03 : rust;
  if (wasi === '0.3') {
    throw new HostError(
      'usage',
      `A project for WASI 0.3 is written in Rust only. Leave --language ${language} out, or --wasi 0.3.`,
    );
  }
  return language === 'typescript' ? typescript : python;
}
