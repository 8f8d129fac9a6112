import { type Advice, commonAdvice } from '../server-advice.ts';

/** What messages of PostgreSQL mean. */
export const postgresAdvice: Advice = [
  [
    /password authentication failed|no password supplied|SASL_SIGNATURE_MISMATCH/,
    'the user or the password in the URL is missing or wrong: write postgres://user:password@host/database',
  ],
  [/role "[^"]*" does not exist/, 'it has no such user: change the user in the URL'],
  [
    /database "[^"]*" does not exist/,
    'it has no such database: make it (createdb), or change the path of the URL',
  ],
  [
    /no pg_hba\.conf entry/,
    'it lets nobody in like that: look at its pg_hba.conf, or add ?sslmode=require to the URL',
  ],
  [
    /permission denied for database/,
    'let this user make a schema (GRANT CREATE ON DATABASE), or make it for the user',
  ],
  [
    /permission denied/,
    'let this user read and write the tables of the schema, or name a schema of its own: ?schema=NAME',
  ],
  [
    /too many (clients|connections)|remaining connection slots/,
    'raise its max_connections, or lower ?pool_size= in the URL',
  ],
  [/starting up|shutting down|in recovery mode/, 'it is about to be there: try again'],
  [/read-only transaction/, 'it is a standby, or can only be read: name its primary'],
  [/No space left|could not extend file|disk full/i, 'its disk is full: free some space'],
  [
    /^no connection after/,
    'is the address right, does the server run, and does it speak TLS or not (sslmode in the URL)?',
  ],
  [/does not speak the protocol/, 'is the port right?'],
  [/has no TLS/, 'write ?sslmode=prefer or ?sslmode=disable in the URL'],
  [
    /column "[^"]*" (of relation "[^"]*" )?does not exist/,
    'the table entries in its schema is of another program, or of another version of kvasi: name another one, ?schema=NAME',
  ],
  ...commonAdvice,
];
