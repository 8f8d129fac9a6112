/**
 * Builds the components: `npm run components`, or `npm run components -- NAME…` for some of them.
 * `hashes.json` then records which sources each `.wasm` came from.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { componentNew } from '@bytecodealliance/jco-transpile/wasm-tools';
import { type Build, builds, wasmPath } from './catalog.ts';
import { type Hashes, hashesFile, sourceHash, wasmHash } from './source-hash.ts';
import { findToolchain, missing, type Toolchain, target } from './toolchain.ts';

const folder = import.meta.dirname;
const targetFolder = join(folder, 'target', 'wasm');

/** What names this machine, and what the compiler writes instead. */
const machinePaths: [path: string, replacement: string][] = [
  [process.env.CARGO_HOME ?? join(homedir(), '.cargo'), '/cargo'],
  [dirname(folder), '/kvasi'],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !builds.some((build) => build.name === name));
if (unknown.length > 0) {
  fail(`No component "${unknown.join('", "')}". There are: ${builds.map((build) => build.name).join(', ')}`);
}
const toolchain = findToolchain();
if (!toolchain) fail(missing);

for (const build of builds) {
  if (wanted.length === 0 || wanted.includes(build.name)) await make(build, toolchain);
}

async function make(build: Build, toolchain: Toolchain): Promise<void> {
  const component = await componentNew(await readFile(compile(build, toolchain)), []);
  const leak = machinePaths.find(([path]) => Buffer.from(component).includes(path));
  if (leak) fail(`${build.name}.wasm holds the path ${leak[0]}`);
  await writeFile(join(folder, wasmPath(build)), component);
  await record(build, component);
  console.log(`${wasmPath(build)}  ${Math.round(component.length / 1024)} KiB`);
}

/** Compiles the crate and returns the path of the core module. */
function compile(build: Build, { cargo, rustc, flags }: Toolchain): string {
  const { crate, features = [], profile = 'release' } = build;
  const remap = machinePaths.map(([path, replacement]) => `--remap-path-prefix=${path}=${replacement}`);
  const args = ['build', '--quiet', '--locked', '--package', crate, '--profile', profile, '--target', target];
  if (features.length > 0) args.push('--features', features.join(','));
  try {
    execFileSync(cargo, args, {
      cwd: join(folder, build.workspace ?? ''),
      stdio: 'inherit',
      env: {
        ...process.env,
        RUSTC: rustc,
        CARGO_TARGET_DIR: targetFolder,
        CARGO_ENCODED_RUSTFLAGS: [...flags, ...remap, ...(build.flags ?? [])].join('\x1f'),
      },
    });
  } catch {
    fail(`${build.name} does not build`);
  }
  return join(targetFolder, target, profile, `${crate.replaceAll('-', '_')}.wasm`);
}

async function record(build: Build, component: Uint8Array): Promise<void> {
  const old: Record<string, Hashes> = JSON.parse(await readFile(hashesFile, 'utf8').catch(() => '{}'));
  const hashes = {
    ...old,
    [wasmPath(build)]: { sources: await sourceHash(build), wasm: wasmHash(component) },
  };
  const known = builds.map(wasmPath).filter((path) => path in hashes);
  await writeFile(hashesFile, `${JSON.stringify(hashes, known.concat('sources', 'wasm'), 2)}\n`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
