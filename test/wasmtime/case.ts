/** One conversation that both hosts are asked to have. All text is Latin-1: a character for each byte. */
export interface Case {
  readonly name: string;
  readonly component: 'misbehave' | 'probe';
  /** What the client sends, part by part, each in a write of its own. */
  readonly send: readonly string[];
  /** Milliseconds between the parts. Default: 100. */
  readonly pause?: number;
  /** Ends the client's side after the last part. */
  readonly halfClose?: boolean;
  /** What differs from run to run, and is left out of the comparison. */
  readonly varying?: RegExp;
}

export const host = 'Host: localhost';

export function raw(name: string, ...lines: string[]): Case {
  return { name, component: 'misbehave', send: [lines.join('\r\n')] };
}

export function parts(name: string, ...send: string[]): Case {
  return { name, component: 'misbehave', send };
}

export function get(target: string, ...headers: string[]): string {
  return [`GET ${target} HTTP/1.1`, host, ...headers, '', ''].join('\r\n');
}

export function post(target: string, headers: readonly string[], body: string): string {
  return [`POST ${target} HTTP/1.1`, host, ...headers, '', body].join('\r\n');
}
