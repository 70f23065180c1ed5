// The promise: the columns of a data point keep their places, because stored points are read by number alone; and a point
// is within what the platform takes.

import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toDataPoint } from '../policy/analytics/engine-point.ts';
import type { GenerationRecord } from '../protocol/generation-record.ts';
import { randomRecords } from './support/random-records.ts';

const [SOME] = randomRecords(1, 1);
if (SOME === undefined) throw new Error('no record');

const RECORD: GenerationRecord = {
  ...SOME,
  tenant: 'ann',
  tier: 'edge',
  model: 'small',
  provider: 'openai',
  chunking: 'strict',
  stage: 'rule',
  reason: 'rule:faq',
  outcome: 'failed',
  failure: 'upstream_timeout',
  check: 'bad',
  ttftMs: 101,
  overheadMs: 102,
  totalMs: 103,
  tokensPerSecond: 104,
  gaps: { meanMs: 105, p95Ms: 106, cv: 1.07 },
  inputTokens: 108,
  outputTokens: 109,
  cachedTokens: 110,
  costUsd: 0.111,
  hiddenUsd: 0.112,
  allCloudUsd: 0.113,
  probability: 0.114,
  failovers: 15,
  continuations: 16,
  reconnects: 17,
  followers: 18,
  isCached: true,
  isEscalated: false,
  isHedged: true,
};

const BLOBS = [
  'edge',
  'small',
  'openai',
  'strict',
  'rule',
  'rule:faq',
  'failed',
  'upstream_timeout',
  'bad',
  'ann',
];
const DOUBLES = [
  101,
  102,
  103,
  104,
  105,
  106,
  1.07,
  108,
  109,
  110,
  0.111,
  0.112,
  0.113,
  0.114,
  15,
  16,
  17,
  18,
  1 + 4,
];

it('has every column in its place', () => {
  expect(toDataPoint(RECORD)).toEqual({ indexes: ['ann'], blobs: BLOBS, doubles: DOUBLES });
});

it('says -1 for what is not known, which no duration is', () => {
  const unknown = { ttftMs: null, overheadMs: null, tokensPerSecond: null, gaps: null, probability: null };
  const { blobs, doubles } = toDataPoint({ ...RECORD, ...unknown, failure: null, check: null });
  expect([blobs[7], blobs[8], [0, 1, 3, 4, 5, 6, 13].map((at) => doubles[at])]).toEqual([
    '',
    '',
    [-1, -1, -1, -1, -1, -1, -1],
  ]);
});

it('is within the limits of the platform, also for a long tenant in any script', () => {
  const point = toDataPoint({ ...RECORD, tenant: '\u{6771}'.repeat(400) });
  const bytes = (texts: readonly string[]): number => Buffer.byteLength(texts.join(''));
  expect(bytes(point.indexes)).toBeLessThanOrEqual(96);
  expect(point.blobs.length).toBeLessThanOrEqual(20);
  expect(point.doubles.length).toBeLessThanOrEqual(20);
  expect(bytes(point.blobs)).toBeLessThanOrEqual(16 * 1024);
});

it('is documented column by column', () => {
  const page = readFileSync(new URL('../docs/analytics-engine.md', import.meta.url), 'utf8');
  const rows = page.match(/^\| `(?:blob|double)\d+`/gm);
  const blobs = BLOBS.map((_blob, at) => `| \`blob${at + 1}\``);
  const doubles = DOUBLES.map((_double, at) => `| \`double${at + 1}\``);
  expect(rows).toEqual([...blobs, ...doubles]);
});
