/** The longest message that is printed, in characters; of a longer one the beginning is. */
export const longestMessage = 64 * 1024;

/** `wasi:logging/logging`: lines go where the component's standard error goes. */
export function logging(print: (line: string) => void): Record<string, Record<string, unknown>> {
  return {
    'wasi:logging/logging': {
      log(level: string, context: string, message: string): void {
        print(
          context === '' ? `${level}: ${cut(message)}\n` : `${level} [${cut(context)}]: ${cut(message)}\n`,
        );
      },
    },
  };
}

function cut(text: string): string {
  if (text.length <= longestMessage) return text;
  // A character of two units is not cut in the middle.
  const begin = text.slice(0, longestMessage).replace(/[\ud800-\udbff]$/, '');
  return `${begin}… (${text.length} characters in all)`;
}
