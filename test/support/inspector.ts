import type { KvasiDev } from './kvasi-process.ts';

/** The inspector's API of a running `kvasi dev`, as a program uses it. */
export class InspectorClient {
  readonly url: string;
  readonly token: string;

  private constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
  }

  /** Waits until the link is printed. */
  static async of(kvasi: Pick<KvasiDev, 'until'>): Promise<InspectorClient> {
    const link = await kvasi.until(/http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/);
    const { origin, hash } = new URL(link);
    return new InspectorClient(origin, hash.slice('#token='.length));
  }

  /** The page with the right to write. */
  get link(): string {
    return `${this.url}/#token=${this.token}`;
  }

  fetch(
    path: string,
    query: Readonly<Record<string, string>> = {},
    init: RequestInit = {},
  ): Promise<Response> {
    const headers = { ...init.headers, authorization: `Bearer ${this.token}` };
    return fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(query)}`, { ...init, headers });
  }

  async json(
    path: string,
    query: Readonly<Record<string, string>> = {},
    init: RequestInit = {},
  ): Promise<unknown> {
    return await (await this.fetch(path, query, init)).json();
  }

  /** Every key, page by page. */
  async keys(bucket: string, prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const query = { bucket, prefix, ...(cursor === undefined ? {} : { cursor }) };
      const page = (await this.json('keys', query)) as { keys: string[]; cursor?: string };
      keys.push(...page.keys);
      cursor = page.cursor;
    } while (cursor !== undefined);
    return keys;
  }

  /** Sets many keys. */
  async import(bucket: string, entries: Iterable<readonly [key: string, value: string]>): Promise<void> {
    const lines = [...entries].map(([key, value]) => JSON.stringify({ key, value }));
    const init = { method: 'POST', body: `${lines.join('\n')}\n` };
    const response = await this.fetch('import', { bucket }, init);
    if (!response.ok) throw new Error(await response.text());
  }
}
