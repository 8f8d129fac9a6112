import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

export const target = 'wasm32-unknown-unknown';

export interface Toolchain {
  cargo: string;
  rustc: string;
  /** Flags for rustc that make it find std and a linker. */
  flags: string[];
}

/** What is built once on a machine, and used again. */
export const buildCache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kvasi-build');

const debianSource = '/usr/lib/rustlib/src/rust/library/Cargo.lock';

export const missing = `No Rust toolchain with a standard library for ${target}.
Install one of these, then run "npm run components" again:
  rustup:  rustup target add ${target}
  Debian:  apt-get install --no-install-recommends rustc-web cargo-web rust-web-src lld-22
The prebuilt .wasm files are in the repository: you need Rust only to change them.`;

/** A toolchain that can compile for wasm, or undefined. */
export function findToolchain(): Toolchain | undefined {
  return withTarget() ?? debian();
}

/** Any rustc that already has the target, from rustup or elsewhere. */
function withTarget(): Toolchain | undefined {
  const rustc = process.env.RUSTC ?? 'rustc';
  const library = output(rustc, '--print', 'target-libdir', '--target', target);
  if (!library || !existsSync(library)) return undefined;
  if (!readdirSync(library).some((file) => file.startsWith('libstd-'))) return undefined;
  return { cargo: process.env.CARGO ?? 'cargo', rustc, flags: [] };
}

/** Debian ships the source of std and no build of it for wasm: build one, once. */
function debian(): Toolchain | undefined {
  const cargo = '/usr/bin/cargo';
  const rustc = '/usr/bin/rustc';
  const linker = findLinker();
  if (!linker || ![cargo, rustc, debianSource].every((path) => existsSync(path))) return undefined;
  const sysroot = join(buildCache, 'sysroot');
  execFileSync(join(import.meta.dirname, 'sysroot.sh'), [sysroot], {
    stdio: 'inherit',
    env: { ...process.env, CARGO: cargo, RUSTC: rustc },
  });
  return { cargo, rustc, flags: [`--sysroot=${sysroot}`, `-Clinker=${linker}`] };
}

/** Debian names its linker by version, as in `wasm-ld-22`, and the newest suits a new compiler best. */
function findLinker(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => readdirSync(folder))
    .filter((file) => /^wasm-ld(-\d+)?$/.test(file))
    .sort((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .at(0);
}

function output(command: string, ...args: string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
