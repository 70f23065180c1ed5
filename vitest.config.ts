// Three speeds of tests: pure code in Node, the Worker inside workerd, and the running product over real HTTP.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

const EDGE = 'test/**/*.edge.test.ts';
const E2E = 'test/**/*.e2e.test.ts';

/** Not a secret: tests run against nothing but themselves. */
const TEST_SECRET = 'only-for-tests-0123456789-0123456789';

export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: [EDGE, E2E], testTimeout: 120_000 },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { EDGEWAYS_SECRET: TEST_SECRET, EDGEWAYS_STANDIN_SPEED: '100' } },
          }),
        ],
        test: { name: 'edge', include: [EDGE], testTimeout: 60_000 },
      },
      {
        // One file at a time: they measure memory, kill processes and share two cores.
        test: {
          name: 'e2e',
          include: [E2E],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
