import type { CommandContext } from '../../terminal/command-context.ts';
import { junitXml } from '../../terminal/junit.ts';
import type { ScenarioResult } from '../../testing/scenarios/result.ts';
import type { FoundBackend } from '../../testing/servers/found-backend.ts';
import { tap } from './tap.ts';
import { asResult, matrixReport } from './test-matrix.ts';
import type { TestOptions } from './test-options.ts';

/** Tells what came of a run, and which servers it ran against. */
export function printResults(
  results: readonly ScenarioResult[],
  backends: readonly FoundBackend[],
  reporter: TestOptions['reporter'],
  stdout: CommandContext['stdout'],
): void {
  const servers = new Map(
    backends.flatMap(({ name, server }) => (server === undefined ? [] : [[name, server]])),
  );
  switch (reporter) {
    case 'table':
      stdout.lines(matrixReport(results, servers));
      break;
    case 'junit':
      stdout.text(junitXml('kvasi test', results.map(asResult), propertiesOf(results, servers)));
      break;
    case 'tap':
      stdout.text(
        tap(
          results.map(asResult),
          [...servers].map(([name, server]) => `${name}: ${server}`),
        ),
      );
      break;
    case 'json':
      stdout.json({ results, ...(servers.size === 0 ? {} : { servers: Object.fromEntries(servers) }) }, 2);
      break;
  }
}

/** What JUnit tells of the surroundings of a group. */
function propertiesOf(
  results: readonly ScenarioResult[],
  servers: ReadonlyMap<string, string>,
): Map<string, Record<string, string>> {
  return new Map(
    results.flatMap((result) => {
      const server = servers.get(result.backend);
      return server === undefined ? [] : [[asResult(result).group, { server }]];
    }),
  );
}
