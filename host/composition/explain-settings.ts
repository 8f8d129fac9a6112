import { type ExplainedSetting, explained, linesOf } from '../settings/explained-settings.ts';
import { loadAllSettings } from './all-settings.ts';
import type { ResolvedSettings } from './settings.ts';

/** The effective settings as data, for `kvasi config --json`. */
export async function explainSettings(resolved: ResolvedSettings): Promise<ExplainedSetting[]> {
  return explained(await loadAllSettings(), resolved);
}

/** The effective settings as lines for a terminal. */
export async function explainLines(resolved: ResolvedSettings): Promise<string[]> {
  return linesOf(await explainSettings(resolved));
}
