import { afterAll, beforeAll } from 'vitest';
import type { Backend } from '../../host/backends/backend.ts';
import type { StartSubject, Subject } from './subject.ts';

/** A subject and one backend of it for the tests of a group, made before and closed after them. */
export function withSubject(start: StartSubject): { readonly subject: Subject; readonly backend: Backend } {
  let subject: Subject | undefined;
  let backend: Backend | undefined;
  beforeAll(async () => {
    subject = await start();
    backend = await subject.connect();
  });
  afterAll(async () => {
    await backend?.close();
    await subject?.[Symbol.asyncDispose]();
  });
  return {
    get subject() {
      return present(subject);
    },
    get backend() {
      return present(backend);
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the store is there within tests only');
  return value;
}
