/** The component: HTTP by the event `fetch`, the bucket by `wasi:keyvalue`. */
import { open } from 'wasi:keyvalue/store@0.2.0-draft';
import { type Answer, bucketName, get, post } from './answer.ts';

addEventListener('fetch', (event) =>
  (event as FetchEvent).respondWith(respond((event as FetchEvent).request)),
);

async function respond(request: Request): Promise<Response> {
  const { status, text } = await answer(request);
  return new Response(`${text}\n`, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

async function answer(request: Request): Promise<Answer> {
  try {
    if (request.method === 'GET') return get(open(bucketName), new URL(request.url).searchParams);
    if (request.method === 'POST') return post(open(bucketName), await request.text());
  } catch (error) {
    return { status: 500, text: `[${bucketName}] ${describe(error)}` };
  }
  return { status: 405, text: 'Method not allowed' };
}

/** What a store throws has the WIT's error as its payload. */
function describe(error: unknown): string {
  const { payload } = error as { payload?: { tag: string; val?: string } };
  return payload === undefined ? String(error) : (payload.val ?? payload.tag);
}

interface FetchEvent extends Event {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}
