import { writeFile } from 'node:fs/promises';
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import type { MediaType, Route, RouteDescription } from '../../interfaces/inspector-part.ts';
import type { InspectedHost } from './inspected-host.ts';
import { inspectorParts } from './inspector-parts.ts';
import { openApiFile } from './openapi-file.ts';
import { routesOf } from './routes.ts';
import { failure } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

/** What every route may refuse. */
const refusals: Readonly<Record<number, string>> = {
  400: 'The request is not what this document describes.',
  403: 'The request has another Host or Origin than the inspector’s own.',
};
const writeRefusals: Readonly<Record<number, string>> = { 401: 'The token is missing or wrong.' };

/** The OpenAPI document: `node host/inspector/api/openapi.ts` writes it, a test compares. */
export async function openApi(): Promise<Json> {
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routesOf(await inspectorParts())) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'kvasi inspector',
      version: '1',
      description:
        'The API of `kvasi dev` for its inspector and for `kvasi kv`. It listens on this machine only, accepts its own Host and Origin only, and asks for the token that is printed at start for everything but reading.',
    },
    paths,
    components: {
      schemas: { Failure: schemaOf(failure) },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function operationOf(route: Route<InspectedHost>): Json {
  const { summary, query, body, answer, answerHeaders = {}, requestHeaders = {} } = route;
  const parameters = [
    ...(query === undefined ? [] : parametersOf(query)),
    ...Object.entries(requestHeaders).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ];
  const headers = Object.fromEntries(
    Object.entries(answerHeaders).map(([name, description]) => [
      name,
      { description, schema: { type: 'string' } },
    ]),
  );
  const refused = {
    ...refusals,
    ...(route.isWrite ? writeRefusals : {}),
    ...route.refusals,
  };
  return {
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(body) } }),
    ...(route.isWrite ? { security: [{ token: [] }] } : {}),
    responses: {
      ...(answer === 'nothing'
        ? { 204: { description: 'Done.' } }
        : {
            200: {
              description: 'Done.',
              ...(Object.keys(headers).length === 0 ? {} : { headers }),
              content: contentOf(answer),
            },
          }),
      ...Object.fromEntries(
        Object.entries(refused).map(([status, description]) => [
          status,
          {
            description,
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
          },
        ]),
      ),
    },
  };
}

function parametersOf(query: NonNullable<RouteDescription['query']>): Json[] {
  return Object.entries(query.entries).map(([name, entry]) => {
    const isOptional = entry.type === 'optional';
    const { description, ...schema } = schemaOf(entry as v.GenericSchema);
    return {
      name,
      in: 'query',
      required: !isOptional,
      ...(description === undefined ? {} : { description }),
      schema,
    };
  });
}

function contentOf(kind: v.GenericSchema | MediaType): Json {
  if (typeof kind === 'string') return { [kind]: {} };
  return { 'application/json': { schema: schemaOf(kind) } };
}

function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema, { errorMode: 'ignore' });
  return rest as Json;
}

if (import.meta.main) await writeFile(openApiFile, `${JSON.stringify(await openApi(), undefined, 2)}\n`);
