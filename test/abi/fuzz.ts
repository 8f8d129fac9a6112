import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { fuzzCases } from './fuzz-case.ts';

/** Fuzzes the lowering for some minutes: `npm run fuzz -- --minutes 10 --seed 1`. */
const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
});
const firstSeed = Number(values.seed ?? Date.now() % 2 ** 31);
const end = performance.now() + Number(values.minutes) * 60_000;
const started = performance.now();
const perSeed = 5000;
let seed = firstSeed;
let cases = 0;
for (; performance.now() < end; seed += 1) {
  const result = fc.check(
    fc.property(fuzzCases, (run) => {
      const reason = run();
      if (reason !== undefined) throw new Error(reason);
    }),
    { numRuns: perSeed, seed },
  );
  cases += result.numRuns;
  if (result.failed) {
    console.log(`seed ${seed}, path ${result.counterexamplePath}: ${result.errorInstance}`);
    process.exit(1);
  }
  if ((seed - firstSeed) % 20 === 0) {
    const rate = Math.round(cases / ((performance.now() - started) / 1000));
    console.log(`seed ${seed}: ${cases} cases, ${rate} a second, nothing found`);
  }
}
console.log(`seeds ${firstSeed} to ${seed - 1}: ${cases} cases, nothing found`);
