import { expect, test, vi } from 'vitest';
import { formatCounts } from '../../host/cli/dev/missed-lines.ts';
import { RequestPace } from '../../host/cli/dev/request-pace.ts';
import { noTrace } from '../../host/runtime/trace/packed-trace.ts';

const report = {
  request: 1,
  method: 'GET',
  path: '/',
  status: 200,
  milliseconds: 1,
  operations: noTrace,
  trap: undefined,
  failure: undefined,
  refused: false,
  clientPort: 1,
};

test('a thousand requests a second get a line, the rest is counted, and what went wrong is always shown', () => {
  vi.useFakeTimers();
  try {
    const lines: string[] = [];
    const pace = new RequestPace((counts) => lines.push(formatCounts(counts)));
    const shown = Array.from({ length: 3000 }, () => pace.admits(report)).filter(Boolean);
    expect(shown).toHaveLength(1000);
    expect(pace.admits({ ...report, status: 404 })).toBe(false);
    expect(pace.admits({ ...report, status: 500 })).toBe(true);
    expect(pace.admits({ ...report, failure: 'the client closed the connection' })).toBe(true);
    expect(lines).toEqual([]);
    vi.advanceTimersByTime(1000);
    expect(lines).toEqual(['200 × 2,000, 404 × 1']);
    expect(pace.admits(report)).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});
