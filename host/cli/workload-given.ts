import type { Command } from 'commander';
import type { CommandContext } from '../terminal/command-context.ts';
import type { PlaceOptions } from '../terminal/place-options.ts';
import type { ProjectWorkload } from './project-component.ts';

/** The component that a command was given, or the project that its flags name. One of them has to be there. */
export async function workloadGiven(
  given: string | undefined,
  command: Command,
  context: CommandContext,
): Promise<ProjectWorkload> {
  const { directory, config } = command.opts<PlaceOptions>();
  if (given !== undefined && config === undefined)
    return { path: given, components: [], routes: [], imports: [] };
  if (directory === undefined && config === undefined)
    command.error("error: missing required argument 'component'", { code: 'commander.missingArgument' });
  const { projectWorkload } = await import('./project-component.ts');
  return await projectWorkload({ component: given, config }, context);
}
