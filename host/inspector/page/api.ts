const tokenKey = 'kvasi-token';

/** A refusal of the API, in words for people. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Query = Readonly<Record<string, string | undefined>>;

/** Takes the token out of the link that was printed, so that it stays in no history. */
export function takeToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token === null) return;
  setToken(token);
  history.replaceState(null, '', '#/');
}

/** Keeps the token for this tab. */
export function setToken(token: string): void {
  sessionStorage.setItem(tokenKey, token.trim());
}

/** Whether there is a token; whether it is the right one, the first change tells. */
export function hasToken(): boolean {
  return sessionStorage.getItem(tokenKey) !== null;
}

/** The address of a route. */
export function urlOf(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `/api/v1/${path}?${new URLSearchParams(given)}`;
}

/** Calls the API; throws a `Refusal` with what it says. */
export async function call(
  method: string,
  path: string,
  query: Query = {},
  init: RequestInit = {},
): Promise<Response> {
  const token = sessionStorage.getItem(tokenKey);
  const headers = { ...init.headers, ...(token === null ? {} : { authorization: `Bearer ${token}` }) };
  let response: Response;
  try {
    response = await fetch(urlOf(path, query), { ...init, method, headers });
  } catch {
    throw new Refusal(0, 'kvasi dev does not answer. Is it still running?');
  }
  if (response.ok) return response;
  const said: unknown = await response.json().catch(() => undefined);
  const isText = typeof said === 'object' && said !== null && 'error' in said;
  throw new Refusal(response.status, isText ? String(said.error) : `kvasi dev answered ${response.status}`);
}

/** Reads JSON; the type is that of the route's schema. */
export async function read<T>(path: string, query: Query = {}): Promise<T> {
  return (await (await call('GET', path, query)).json()) as T;
}
