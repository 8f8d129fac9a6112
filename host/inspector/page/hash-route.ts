import { useEffect, useState } from 'preact/hooks';

/** Where the page is: `#/requests?path=a&errors=only`. */
interface HashRoute {
  /** Empty at the start. */
  readonly page: string;
  readonly query: URLSearchParams;
}

/** The address of a place on the page. */
export function hashOf(page: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const text = new URLSearchParams(given).toString();
  return `#/${page}${text === '' ? '' : `?${text}`}`;
}

/** Goes there; without a step that one could go back to when only what is selected changes. */
export function go(hash: string, how: 'step' | 'replace' = 'step'): void {
  if (how === 'step') location.hash = hash;
  else location.replace(hash);
}

/** The place, followed as it changes. */
export function useHashRoute(): HashRoute {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const follow = (): void => setHash(location.hash);
    addEventListener('hashchange', follow);
    // It may have changed since the page was drawn.
    follow();
    return () => removeEventListener('hashchange', follow);
  }, []);
  const [page = '', query = ''] = hash.replace(/^#\//, '').split('?', 2);
  return { page, query: new URLSearchParams(query) };
}
