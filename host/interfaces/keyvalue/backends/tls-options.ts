import * as v from 'valibot';

/** What a server that is spoken to over TLS is checked against, and how the host shows who it is: texts in PEM. */
export const tlsOptions = v.optional(
  v.strictObject({ ca: v.optional(v.string()), cert: v.optional(v.string()), key: v.optional(v.string()) }),
);

/** The same as clients take it: without what is undefined. */
export function tlsSettings(options: v.InferOutput<typeof tlsOptions> = {}): { [name: string]: string } {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
