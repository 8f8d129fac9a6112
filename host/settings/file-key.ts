import type * as v from 'valibot';
import type * as parts from './schema/schema-parts.ts';

/** What the schema of a key is made of. */
export type SchemaParts = typeof parts;

/** A key of the configuration file: at its top, or in one of its sections. */
export interface FileKey<Written = unknown> {
  /** Such as `dev.address`. */
  readonly key: string;
  /**
   * What may stand there, and what it means. It is made when there is a file to check, because the library of schemas
   * takes long to load.
   */
  readonly schema: (parts: SchemaParts) => KeySchema<Written> | Promise<KeySchema<Written>>;
  /** Set for a key that is read and checked but changes nothing: what is missing. */
  readonly missing?: string | undefined;
}

export type KeySchema<Written = unknown> = v.GenericSchema<unknown, Written>;

/** A key whose value has the type that its schema says. */
export function fileKey<Schema extends v.GenericSchema>(
  key: string,
  schema: (parts: SchemaParts) => Schema | Promise<Schema>,
  missing?: string,
): FileKey<v.InferOutput<Schema>> {
  return { key, schema, missing };
}
