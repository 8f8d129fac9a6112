import { AssertionError } from 'node:assert/strict';
import { inspect, stripVTControlCharacters } from 'node:util';
import { StoreError } from '../backends/backend.ts';

/** Why a case failed, with all that helps to find the cause. */
export function failureText(error: unknown): string {
  if (error instanceof AssertionError) return `${difference(error)}\n${place(error)}`.trimEnd();
  if (error instanceof StoreError)
    return `StoreError (${error.case}): ${error.message}\n${place(error)}`.trimEnd();
  return stripVTControlCharacters(error instanceof Error ? (error.stack ?? error.message) : inspect(error));
}

function difference(error: AssertionError): string {
  const message = stripVTControlCharacters(error.message);
  // A message of its own takes the place of what was compared.
  if (error.generatedMessage || error.operator === 'fail' || error.operator === '==') return message;
  return `${message}\n  actual: ${inspect(error.actual)}\n  expected: ${inspect(error.expected)}`;
}

/** The line of the case, the innermost one that is not the backend's. */
function place({ stack = '' }: Error): string {
  const line = stack.split('\n').find((text) => /\/conformance\/group-/.test(text));
  return line === undefined ? '' : `  ${line.trim().replace(/(file:\/\/)?[^\s(]*\/(?=conformance\/)/, '')}`;
}
