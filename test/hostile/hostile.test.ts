import { expect, test } from 'vitest';
import { rounds } from '../support/rounds.ts';
import { runCampaign } from './campaign.ts';
import { clientExchange } from './client-exchange.ts';
import { guestExchange } from './guest-exchange.ts';

// `npm run test:hostile` has 100,000 of each.
test.for([
  ['guest', guestExchange],
  ['client', clientExchange],
] as const)('nothing that a hostile %s says breaks the host', { timeout: 300_000 }, async ([, exchange]) => {
  const said: string[] = [];
  const tally = await runCampaign({
    exchange: (number) => exchange(20_261_130, number),
    count: rounds.hostileExchanges,
    say: (text) => said.push(text),
  });
  expect(tally, said.join('\n')).toEqual({ crashed: 0, hung: 0, leaked: 0, wrong: 0 });
});
