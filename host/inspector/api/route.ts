import * as v from 'valibot';
import type { Call, Reply, Route, RouteDescription } from '../../interfaces/inspector-part.ts';
import type { Immutable } from './schemas.ts';

/** A refusal with the status of its answer. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What a body or a query is, as its schema has it. */
export type Parsed<S> = S extends v.GenericSchema ? v.InferOutput<S> : undefined;

/** Defines a route; the types of query and body are those of their schemas. */
export function route<Host, const D extends RouteDescription>(
  description: D,
  handle: (call: Call<Host, Parsed<D['query']>, Parsed<D['body']>>) => Reply | Promise<Reply>,
): Route<Host> {
  return {
    ...description,
    isWrite: description.method !== 'GET',
    handle: ({ query, body, ...call }) =>
      handle({ ...call, query: query as Parsed<D['query']>, body: body as Parsed<D['body']> }),
  };
}

/** An answer in JSON. */
export function json<S extends v.GenericSchema>(_schema: S, value: Immutable<v.InferInput<S>>): Reply {
  return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** Checks a value against a schema; throws an `ApiError` that says what is wrong. */
export function checked(schema: v.GenericSchema, value: unknown, what: string): unknown {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const reasons = result.issues.map((issue) => `${v.getDotPath(issue) ?? what}: ${issue.message}`);
  throw new ApiError(400, `${what}: ${reasons.join('; ')}`);
}
