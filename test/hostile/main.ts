import { parseArgs } from 'node:util';
import { runCampaign, type Tally } from './campaign.ts';
import { clientExchange } from './client-exchange.ts';
import { guestExchange } from './guest-exchange.ts';

/**
 * `npm run test:hostile -- --seed 1 --count 100000 --only guest --from 0`: exchanges of a hostile guest with a host, and of
 * hostile clients with one. The exchange of a seed and a number is always the same.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    count: { type: 'string', default: '100000' },
    from: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
});
const seed = Number(values.seed);
const sides = { guest: guestExchange, client: clientExchange };
const total: Tally = { crashed: 0, hung: 0, leaked: 0, wrong: 0 };
console.log(`seed ${seed}`);
for (const [side, exchange] of Object.entries(sides)) {
  if (values.only !== undefined && values.only !== side) continue;
  const started = performance.now();
  const tally = await runCampaign({
    exchange: (number) => exchange(seed, number),
    count: Number(values.count),
    from: Number(values.from),
    say: (text) => console.log(text),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`${side}, ${seconds} s: ${describe(tally)}`);
  for (const kind of Object.keys(total) as (keyof Tally)[]) total[kind] += tally[kind];
}
console.log(describe(total));
process.exit(Object.values(total).every((count) => count === 0) ? 0 : 1);

function describe({ crashed, hung, leaked, wrong }: Tally): string {
  return `${crashed} crashed, ${hung} hung, ${leaked} leaked${wrong === 0 ? '' : `, ${wrong} answered wrongly`}`;
}
