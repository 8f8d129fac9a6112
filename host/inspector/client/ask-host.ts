import * as v from 'valibot';
import { HostError, reasonOf } from '../../shared/host-error.ts';
import { failure } from '../api/schemas.ts';
import type { DevNote } from './dev-note.ts';

/** What is asked of a running host. */
interface Question {
  readonly method: string;
  /** Behind `/api/v1/`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: RequestInit['body'];
  /** A status that is an answer too. */
  readonly known?: number | undefined;
}

/** Asks the inspector of a running `kvasi dev`. Throws a `HostError` with what it says, or that it does not answer. */
export async function askHost(host: DevNote, question: Question): Promise<Response> {
  const { method, path, query, headers, body, known } = question;
  const init: RequestInit & { readonly duplex: 'half' } = {
    method,
    headers: { authorization: `Bearer ${host.token}`, ...headers },
    ...(body == null ? {} : { body }),
    duplex: 'half',
  };
  let response: Response;
  try {
    response = await fetch(`${host.url}/api/v1/${path}?${new URLSearchParams(query)}`, init);
  } catch (cause) {
    const where = `kvasi dev at ${host.url} (pid ${host.pid})`;
    throw new HostError('backend', `${where} does not answer: ${reasonOf(cause)}. Is it being stopped?`, {
      cause,
    });
  }
  if (response.ok || response.status === known) return response;
  const said = v.safeParse(failure, await response.json().catch(() => undefined));
  throw new HostError('backend', said.success ? said.output.error : `kvasi dev answered ${response.status}`);
}
