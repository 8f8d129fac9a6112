/** What the component `bench` does, in JavaScript, and what `hoarder` does. See ../README.md. */
import { open } from 'wasi:keyvalue/store@0.2.0-draft';

/** The only identifier that `wasmtime serve` knows. */
const identifier = '';
const left = { requests: 0, kept: [], bucket: undefined };

addEventListener('fetch', (event) => event.respondWith(answer(event.request)));

async function answer(request) {
  const { pathname, searchParams } = new URL(request.url);
  switch (pathname) {
    case '/':
      return text(200, 'Ready\n');
    case '/get':
      return get(searchParams.get('key') ?? '');
    case '/set':
      return set(await request.json());
    case '/hoard':
      return hoard();
    case '/loop':
      for (;;);
    case '/trap':
      return exhaust([]);
    default:
      return text(404, 'No such path\n');
  }
}

function get(key) {
  const value = open(identifier).get(key);
  return value === undefined ? text(404, `Key '${key}' not found\n`) : text(200, value);
}

function set({ key, value }) {
  open(identifier).set(key, new TextEncoder().encode(value));
  return text(200, `Stored '${key}'\n`);
}

/** Tells what it finds of earlier requests, then leaves something in every place that a script reaches. */
function hoard() {
  const found = {
    requests: left.requests,
    kept: left.kept.length,
    bucket: left.bucket !== undefined,
    global: 'hidden' in globalThis,
    prototype: 'hidden' in {},
  };
  left.requests += 1;
  left.kept.push(new Uint8Array(8 * 1024 * 1024).fill(7));
  left.bucket = open(identifier);
  left.bucket.set('hidden', new TextEncoder().encode('something'));
  globalThis.hidden = true;
  Object.prototype.hidden = true;
  return text(200, `${JSON.stringify(found)}\n`);
}

/** Takes memory until there is none: an error that is thrown would be an answer of the engine's. */
function exhaust(kept) {
  for (;;) kept.push(new Uint8Array(64 * 1024 * 1024));
}

function text(status, body) {
  return new Response(body, { status, headers: { 'content-type': 'text/plain; charset=utf-8' } });
}
