/** `wasi:logging/logging`: lines go where the component's standard error goes. */
export function logging(print: (line: string) => void): Record<string, Record<string, unknown>> {
  return {
    'wasi:logging/logging': {
      log(level: string, context: string, message: string): void {
        print(context === '' ? `${level}: ${message}\n` : `${level} [${context}]: ${message}\n`);
      },
    },
  };
}
