import { explainLines, explainSettings } from '../composition/explain-settings.ts';
import type { Flags } from '../composition/settings.ts';
import { resolveSettings } from '../composition/settings.ts';
import type { CommandContext } from '../terminal/command-context.ts';

/** `kvasi config`: the settings in force and where each comes from, with secrets left out. */
export async function config(flags: Flags, json: boolean, context: CommandContext): Promise<void> {
  const resolved = await resolveSettings({ cwd: context.cwd, env: context.env, flags });
  for (const warning of resolved.warnings) context.stderr.problem(`warning: ${warning}`);
  if (json) context.stdout.json(await explainSettings(resolved), 2);
  else context.stdout.lines(await explainLines(resolved));
}
