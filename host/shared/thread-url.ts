/**
 * The URL of a thread's entry module beside the module `base`: TypeScript when run from the sources,
 * JavaScript when run from `dist/`.
 */
export function threadUrl(name: string, base: string): URL {
  return new URL(`./${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
}
