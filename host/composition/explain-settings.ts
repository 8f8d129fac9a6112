import { type ExplainedSetting, explained, linesOf } from '../settings/explained-settings.ts';
import { allSettings } from './all-settings.ts';
import type { ResolvedSettings } from './settings.ts';

/** The effective settings as data, for `kvasi config --json`. */
export function explainSettings(resolved: ResolvedSettings): ExplainedSetting[] {
  return explained(allSettings, resolved);
}

/** The effective settings as lines for a terminal. */
export function explainLines(resolved: ResolvedSettings): string[] {
  return linesOf(explainSettings(resolved));
}
