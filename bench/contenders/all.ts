import type { Contender } from './contender.ts';
import { jcoServe, jcoServeFresh } from './jco-serve.ts';
import { kvasi, kvasiFromSources, kvasiLines, kvasiLinked, kvasiReuse } from './kvasi.ts';
import { nodeHttp } from './node-http.ts';
import { washDev } from './wash-dev.ts';
import { wasmtimeServe } from './wasmtime-serve.ts';

export const contenders: readonly Contender[] = [
  nodeHttp,
  kvasi,
  kvasiReuse,
  kvasiLines,
  kvasiLinked,
  kvasiFromSources,
  jcoServe,
  jcoServeFresh,
  wasmtimeServe,
  washDev,
];
