import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/stray-errors.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
