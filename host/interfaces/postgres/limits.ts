/** The longest statement, and the longest batch, in bytes of UTF-8. */
export const largestStatement = 16 * 1024 * 1024;
/** All parameters of a call together, as text, in characters. */
export const largestParameters = 64 * 1024 * 1024;
/** The rows of a query that are answered at once, in bytes, and one row of those that are streamed. */
export const largestResult = 64 * 1024 * 1024;
/** The most rows that are answered at once. */
export const mostRows = 100_000;
/** How many rows are taken from the server at once. */
export const rowsAtOnce = 64;
/** The prepared statements of a thread; of more the one that was prepared first is forgotten. */
export const mostPrepared = 1000;
/** How long a call waits for a connection, in milliseconds. */
export const connectionTimeout = 5000;
