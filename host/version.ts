import { readFileSync } from 'node:fs';

/** The version of this package. The sources lie one level below `package.json`, the built files two. */
export function hostVersion(): string {
  const levels = import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json';
  return (JSON.parse(readFileSync(new URL(levels, import.meta.url), 'utf8')) as { version: string }).version;
}
