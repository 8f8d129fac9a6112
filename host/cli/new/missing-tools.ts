import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The target of Rust that components are built for. */
export const rustTarget = 'wasm32-wasip2';

/** What has to be installed before a Rust project can be built. */
export async function missingRust(): Promise<string | undefined> {
  try {
    const { stdout } = await run('rustc', ['--print', 'target-libdir', '--target', rustTarget]);
    if (existsSync(stdout.trim())) return undefined;
  } catch {
    return `Building it needs Rust: install it from https://rustup.rs, then run rustup target add ${rustTarget}.`;
  }
  return `Building it needs the target ${rustTarget}: run rustup target add ${rustTarget}.`;
}

/** The same for Python. */
export async function missingComponentizePy(): Promise<string | undefined> {
  try {
    await run('componentize-py', ['--version']);
    return undefined;
  } catch {
    return 'Building it needs componentize-py: run pip install -r requirements.txt in the project, best in a virtual environment.';
  }
}
