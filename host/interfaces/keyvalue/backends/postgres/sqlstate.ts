import type { StoreErrorCase } from '../backend.ts';

/** The case that an error of the server belongs to, by its SQLSTATE: the first that begins it counts. */
const cases: readonly (readonly [start: string, errorCase: StoreErrorCase])[] = [
  ['08', 'store-unavailable'],
  ['28', 'access-denied'],
  ['42501', 'access-denied'],
  ['53100', 'quota-exceeded'],
  ['53300', 'store-unavailable'],
  ['57014', 'timeout'],
  ['57P', 'store-unavailable'],
];

/** What an error of the server is called. Source: PostgreSQL's appendix A. */
export function errorCaseOf(sqlState: string): StoreErrorCase {
  return cases.find(([start]) => sqlState.startsWith(start))?.[1] ?? 'other';
}

/** Whether it says that two statements were in each other's way: the one that has lost did nothing, and may be sent again. */
export function isConflict(sqlState: string): boolean {
  return sqlState === '40001' || sqlState === '40P01';
}

/** Whether it says that the table or its schema isn't there. */
export function isMissingTable(sqlState: string): boolean {
  return sqlState === '42P01' || sqlState === '3F000';
}

/** Whether it says that this server takes no writes. */
export function isReadOnly(sqlState: string): boolean {
  return sqlState === '25006';
}
