import type { MaybePromise } from '../../shared/maybe-promise.ts';
import type { ByteSink } from '../io/streams.ts';

/** The longest message that is printed, in characters; of a longer one the beginning is. */
export const longestMessage = 64 * 1024;

/**
 * `wasi:logging/logging`: lines go where the component's standard error goes.
 *
 * @param output whether they can; the guest waits meanwhile. Default: always
 */
export function logging(
  print: (line: string) => void,
  output?: Pick<ByteSink, 'permit' | 'whenReady'>,
): Record<string, Record<string, unknown>> {
  return {
    'wasi:logging/logging': {
      log(level: string, context: string, message: string): MaybePromise<void> {
        const line =
          context === '' ? `${level}: ${cut(message)}\n` : `${level} [${cut(context)}]: ${cut(message)}\n`;
        if (output === undefined || output.permit() > 0) print(line);
        else return whenPermitted(output).then(() => print(line));
      },
    },
  };
}

async function whenPermitted(output: Pick<ByteSink, 'permit' | 'whenReady'>): Promise<void> {
  while (output.permit() <= 0) await output.whenReady();
}

function cut(text: string): string {
  if (text.length <= longestMessage) return text;
  // A character of two units is not cut in the middle.
  const begin = text.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, '');
  return `${begin}… (${text.length} characters in all)`;
}
