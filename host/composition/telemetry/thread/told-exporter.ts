import { redactUrls } from '../../../settings/redact.ts';
import { reasonOf } from '../../../shared/host-error.ts';

/** How an export ended. Source: `ExportResult` of `@opentelemetry/core`. */
interface Result {
  readonly code: number;
  readonly error?: Error;
}

/** What OpenTelemetry's exporters have in common. */
interface Exporter<Items> {
  export(items: Items, done: (result: Result) => void): void;
}

const succeeded = 0;

/**
 * Has an exporter tell once that its receiver takes nothing, and once that it takes something again; what fails inside of it is a failed
 * export, and nothing worse.
 */
export function tellFailures<Items, One extends Exporter<Items>>(
  exporter: One,
  url: string,
  what: string,
  tell: (text: string) => void,
): One {
  const send = exporter.export.bind(exporter);
  let isFailing = false;
  exporter.export = (items, done) => {
    const ended = (result: Result): void => {
      const fails = result.code !== succeeded;
      if (fails && !isFailing)
        tell(
          `${redactUrls(url)} does not take ${what} (${reasonOf(result.error)}). They are lost until it does; requests are served on.`,
        );
      if (!fails && isFailing) tell(`${redactUrls(url)} takes ${what} again`);
      isFailing = fails;
      // The reason has been told; who batches would print it.
      done(fails ? { code: succeeded } : result);
    };
    try {
      send(items, ended);
    } catch (error) {
      ended({ code: 1, error: error instanceof Error ? error : new Error(String(error)) });
    }
  };
  return exporter;
}
