import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as v from 'valibot';
import type { Resolved } from '../settings/resolve-settings.ts';

/** What an interface brings to the inspector. */
export interface InspectorPart {
  readonly routes: readonly Route<RouteHost>[];
  readonly page?: InspectorPage;
}

/** A page of an interface, beside those that the inspector has for every host. */
export interface InspectorPage {
  /** In its address, and the class of its element: `buckets`. */
  readonly name: string;
  /** In the navigation. */
  readonly title: string;
  /** The module that exports it as `Page`, a component of Preact. What else is in its folder is served and, where it is a style, applied. */
  readonly module: URL;
}

/** The host as the routes of an interface see it. */
export interface RouteHost {
  /** With the settings of every interface, each of which knows its own. */
  readonly resolved: Resolved;
  /** What interfaces have on the main thread, by their names. */
  readonly states: ReadonlyMap<string, unknown>;
  readonly requests: {
    /** What requests have used through an interface, such as buckets. @param name such as `wasi:keyvalue` */
    targets(name: string): ReadonlySet<string>;
  };
}

/** What a route is asked. */
export interface Call<Host, Query, Body> {
  readonly host: Host;
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

/** The kinds of bodies, besides JSON. */
export type MediaType = 'application/octet-stream' | 'application/jsonl' | 'text/event-stream';

/** What the table of routes and the OpenAPI document say of a route. */
export interface RouteDescription {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly summary: string;
  readonly query?: v.StrictObjectSchema<v.ObjectEntries, undefined>;
  /** Request headers that it heeds, and what they mean. */
  readonly requestHeaders?: Readonly<Record<string, string>>;
  /** Takes JSON of this schema, or another kind of body. */
  readonly body?: v.GenericSchema | MediaType;
  readonly answer: v.GenericSchema | MediaType | 'nothing';
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** Refusals of its own, besides those that every route has. */
  readonly refusals?: Readonly<Record<number, string>>;
}

/** A route of the inspector's API. */
export interface Route<Host> extends RouteDescription {
  /** Everything but reading needs the token. */
  readonly isWrite: boolean;
  handle(call: Call<Host, unknown, unknown>): Reply | Promise<Reply>;
}
