/** A module for `acme:payments/api`, as a user of kvasi writes one. */

type Currency = 'eur' | 'usd';
interface Money {
  readonly cents: bigint;
  readonly currency: Currency;
}

/** What accounts a test has seen. */
export const accounts = { made: 0, disposed: 0 };

export class Account {
  readonly owner: string;
  readonly deposits: Money[] = [];

  constructor(owner: string) {
    this.owner = owner;
    accounts.made += 1;
  }

  static async open(owner: string): Promise<Account> {
    if (owner === '') throw 'nobody opens no account';
    return new Account(owner);
  }

  async deposit(amount: Money): Promise<bigint> {
    if (amount.cents > 1000n) throw { tag: 'too-much', val: { cents: 1000n, currency: 'eur' } };
    this.deposits.push(amount);
    return this.balance();
  }

  balance(): bigint {
    return this.deposits.reduce((sum, { cents }) => sum + cents, 0n);
  }

  [Symbol.dispose](): void {
    accounts.disposed += 1;
  }
}

export async function charge(
  card: string,
  paid: Money,
  options: { readonly express?: boolean; readonly giftWrap?: boolean },
): Promise<unknown> {
  if (card === 'stolen') throw { tag: 'declined', val: 'it was stolen' };
  if (card === 'off') throw { tag: 'unavailable' };
  if (card === 'broken') throw new TypeError('the till is broken');
  if (card === 'wrong') return { id: 'r1', paid: { cents: 1, currency: 'eur' }, digest: [], lines: [] };
  if (card === 'no-variant') throw { tag: 'decline', val: '' };
  return {
    id: `r-${card}`,
    paid,
    note: options.express ? 'express' : undefined,
    digest: Uint8Array.of(1, 2),
    lines: [['tea', -3]],
  };
}

export function rate(of: Currency): number {
  return of === 'eur' ? 1 : 1.25;
}

export function close(account: Account): string {
  return `bye ${account.owner}`;
}

export function merge(given: readonly Account[]): Account {
  const merged = new Account('all');
  for (const { deposits } of given) merged.deposits.push(...deposits.splice(0));
  return merged;
}

export function history(account: Account): readonly Money[] {
  return account.deposits;
}
