// Three speeds of tests: pure code in Node, the Worker inside workerd, and the running product over real HTTP.

import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import config from './edgeways.config.json' with { type: 'json' };

const EDGE = 'test/**/*.edge.test.ts';
const E2E = 'test/**/*.e2e.test.ts';
/** Most of their time is a browser's; they run beside the others (scripts/test.mjs). */
const BROWSER = 'test/**/*.browser.e2e.test.ts';
/** These need an upstream over real HTTP: over a service binding there is no connection that could break. */
const CHAOS = ['test/chaos*.edge.test.ts', 'test/degraded.edge.test.ts'];

/** Not a secret: tests run against nothing but themselves. */
const TEST_SECRET = 'only-for-tests-0123456789-0123456789';

/** A developer's .dev.vars is read here too: emptied, or tests would call, and pay, real models. */
const NOTHING_FROM_DEV_VARS = {
  OPENAI_API_KEY: '',
  ANTHROPIC_API_KEY: '',
  ANTHROPIC_BASE_URL: '',
  GEMINI_API_KEY: '',
  GEMINI_BASE_URL: '',
  OPENAI_BASE_URL: '',
  EDGE_API_KEY: '',
  EDGE_BASE_URL: '',
  EDGEWAYS_CONFIG: '',
  EDGEWAYS_SECRET_OLD: '',
};

/** What the log keeps and announces is the subject here, and an answer that is gone on with loses nothing to announce. */
const UNAIDED = { max_calls: 1, on_upstream_loss: 'error', breaker: false };

const ONE_BY_ONE = { fileParallelism: false, testTimeout: 120_000, hookTimeout: 120_000 };

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
            miniflare: {
              bindings: {
                ...NOTHING_FROM_DEV_VARS,
                EDGEWAYS_SECRET: TEST_SECRET,
                EDGEWAYS_STANDIN_SPEED: '100',
              },
            },
          }),
        ],
        test: { name: 'edge', include: [EDGE], exclude: CHAOS, testTimeout: 60_000 },
      },
      {
        plugins: [
          cloudflareTest(({ inject }) => ({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                ...NOTHING_FROM_DEV_VARS,
                EDGEWAYS_SECRET: TEST_SECRET,
                OPENAI_BASE_URL: inject<string>('chaosUpstream'),
                EDGE_BASE_URL: inject<string>('chaosUpstream'),
                EDGEWAYS_CONFIG: JSON.stringify({
                  ...config,
                  timeouts: { heartbeat_ms: 100 },
                  failover: UNAIDED,
                }),
                CHAOS_SCHEDULES: process.env['CHAOS_SCHEDULES'] ?? '200',
                CHAOS_SEED: process.env['CHAOS_SEED'] ?? '1',
              },
            },
          })),
        ],
        test: {
          name: 'chaos',
          include: CHAOS,
          globalSetup: './test/support/chaos-upstream.ts',
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
      // One file at a time: they measure memory, kill processes and share two cores.
      { test: { name: 'e2e', include: [E2E], exclude: [BROWSER], ...ONE_BY_ONE } },
      { test: { name: 'browser', include: [BROWSER], ...ONE_BY_ONE } },
    ],
  },
});
