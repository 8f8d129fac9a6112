import { enableCompileCache, flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';
import type { GuestSetup } from './protocol.ts';

/** The entry of a guest thread. Everything else is loaded with the code that V8 made of it the last time. */
const { codeCache } = workerData as GuestSetup;
if (codeCache !== undefined) enableCompileCache(codeCache);
await import('./thread-work.ts');
if (codeCache !== undefined) flushCompileCache();
