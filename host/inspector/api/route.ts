import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { InspectedHost } from './inspected-host.ts';
import type { Immutable } from './schemas.ts';

/** What a route is asked. */
export interface Call<Query, Body> {
  readonly host: InspectedHost;
  readonly query: Query;
  /** The parsed JSON where the route takes JSON. */
  readonly body: Body;
  readonly request: IncomingMessage;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** What a route answers. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole, in parts, or written by somebody who resolves when it is at its end. */
  readonly body?: string | Uint8Array | AsyncIterable<string> | ((response: ServerResponse) => Promise<void>);
}

/** A refusal with the status of its answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The kinds of bodies, besides JSON. */
export type MediaType = 'application/octet-stream' | 'application/jsonl' | 'text/event-stream';

type Schema = v.GenericSchema;

/** What the table of routes and the OpenAPI document say of a route. */
export interface RouteDescription {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly query?: v.StrictObjectSchema<v.ObjectEntries, undefined>;
  /** Request headers that it heeds, and what they mean. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Takes JSON of this schema, or another kind of body. */
  readonly body?: Schema | MediaType;
  readonly answer: Schema | MediaType | 'nothing';
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** Refusals of its own, besides those that every route has. */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface Route extends RouteDescription {
  /** Everything but reading needs the token. */
  readonly isWrite: boolean;
  handle(call: Call<unknown, unknown>): Reply | Promise<Reply>;
}

type Output<S> = S extends Schema ? v.InferOutput<S> : undefined;

/** Defines a route; the types of query and body are those of their schemas. */
export function route<const D extends RouteDescription>(
  description: D,
  handle: (call: Call<Output<D['query']>, Output<D['body']>>) => Reply | Promise<Reply>,
): Route {
  return {
    ...description,
    isWrite: description.method !== 'GET',
    handle: ({ query, body, ...call }) =>
      handle({ ...call, query: query as Output<D['query']>, body: body as Output<D['body']> }),
  };
}

/** An answer in JSON. */
export function json<S extends Schema>(_schema: S, value: Immutable<v.InferInput<S>>): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Checks a value against a schema; throws an `ApiError` that says what is wrong. */
export function checked(schema: Schema, value: unknown, what: string): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const reasons = result.issues.map((issue) => `${v.getDotPath(issue) ?? what}: ${issue.message}`);
  throw new ApiError(400, `${what}: ${reasons.join('; ')}`);
}
