// The product on the real workerd, with everything a test may choose: variables, configuration, storage, port.
// Without upstream variables its models are the local stand-ins; nothing outside this machine is ever called.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { startWorkerd, type Workerd } from './workerd.ts';

export type ProductOptions = {
  readonly vars?: Readonly<Record<string, string>>;
  /** Replaces edgeways.config.json; the models may be left out, they are then those of `testModels`. */
  readonly config?: object;
  /** Where the objects' files live; without it a temporary folder. */
  readonly persistDir?: string;
  /** Any free one by default. */
  readonly port?: number;
  /** Another entry around the same product; worker/local.ts by default. */
  readonly entry?: URL;
};

export type Product = Workerd;

const ENTRY = new URL('../../worker/local.ts', import.meta.url);

/** Not a secret: tests run against nothing but themselves. */
export const TEST_SECRET = 'only-for-tests-0123456789-0123456789';

const MODEL = {
  context_tokens: 128_000,
  max_output_tokens: 8192,
  price: { input_usd_per_mtok: 0.1, output_usd_per_mtok: 1 },
};

/** One model of each tier, so that a configuration in a test shows only what the test is about. */
export const testModels = [
  {
    ...MODEL,
    id: 'small',
    tier: 'edge',
    provider: 'openai',
    endpoint: 'edge',
    upstream_model: 'small-upstream',
  },
  {
    ...MODEL,
    id: 'large',
    tier: 'cloud',
    provider: 'openai',
    endpoint: 'cloud',
    upstream_model: 'large-upstream',
    capabilities: ['tools', 'vision', 'json'],
  },
];

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const config = options.config === undefined ? {} : { EDGEWAYS_CONFIG: configText(options.config) };
  return startWorkerd({
    bundle: await bundled(options.entry ?? ENTRY),
    entry: 'worker.js',
    compatibilityDate: '2026-10-23',
    compatibilityFlags: ['enable_request_signal'],
    vars: { EDGEWAYS_ENV: 'local', EDGEWAYS_SECRET: TEST_SECRET, ...config, ...options.vars },
    objects: {
      CONVERSATIONS: 'Conversation',
      TENANTS: 'Tenant',
      ROUTING: 'Routing',
      HEALTH: 'Health',
      ANSWER_CACHES: 'AnswerCache',
      STATS: 'Stats',
    },
    entrypoints: { AI: 'LocalAI', LOCAL_CLOUD: 'LocalCloud' },
    persistDir: options.persistDir ?? null,
    port: options.port ?? 0,
  });
}

/** One call for each answer: for tests of what one upstream does. Whoever tests the help of others configures it. */
export const UNAIDED = { max_calls: 1, on_upstream_loss: 'error', breaker: false };

function configText(config: object): string {
  return JSON.stringify({ models: testModels, failover: UNAIDED, ...config });
}

const folders = new Map<string, Promise<string>>();

/** A folder with `worker.js`, the bundle of `entry`; built once for each process. */
export function bundled(entry: URL): Promise<string> {
  const known = folders.get(entry.href);
  if (known !== undefined) return known;
  const folder = bundle(entry);
  folders.set(entry.href, folder);
  return folder;
}

async function bundle(entry: URL): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'edgeways-bundle-'));
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile: join(outdir, 'worker.js'),
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*'],
    conditions: ['workerd', 'worker', 'browser'],
    logLevel: 'error',
  });
  return outdir;
}
