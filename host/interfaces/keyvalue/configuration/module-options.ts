import { formatPath, type KeyPath, type Locate } from '../../../settings/file/parsed-file.ts';
import { redactUrls } from '../../../settings/redact.ts';
import type { Report } from '../../../settings/report.ts';
import { reasonOf } from '../../../shared/host-error.ts';
import { checkOptions } from '../backends/options.ts';
import { loadBackendModule } from '../backends/registry.ts';

/** An entry of the file that names a module. */
export interface ModuleEntry {
  /** Where the entry is. */
  readonly path: KeyPath;
  readonly module: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Lets the modules of a file check their own options, so that a mistake is told at the start and with its place. */
export async function checkModules(
  entries: readonly ModuleEntry[],
  locate: Locate,
  report: Report,
): Promise<void> {
  for (const { path, module, options } of entries) {
    try {
      const checked = await checkOptions(await loadBackendModule(module), options);
      for (const { keys, message } of 'problems' in checked ? checked.problems : []) {
        const at = [...path, ...keys];
        report.problem(`${locate(at)}: ${formatPath(at)} can't be used: ${redactUrls(message)}`);
      }
    } catch (error) {
      // Buckets of other backends work all the same.
      const at = [...path, 'backend'];
      report.warn(`${locate(at)}: ${formatPath(at)}: ${reasonOf(error)}`);
    }
  }
}
