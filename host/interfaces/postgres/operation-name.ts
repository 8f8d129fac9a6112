/** The operations of `wasmcloud:postgres`, by their names in WIT. */
export type PostgresOperationName = 'query' | 'query-batch' | 'prepare' | 'exec';
