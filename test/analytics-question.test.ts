// The promise: what is asked of the statistics is read exactly, or refused with the parameter's name and what it takes.

import { describe, expect, it } from 'vitest';
import { parseQuestion, type Asked } from '../policy/analytics/parse-question.ts';

const NOW = Date.parse('2026-11-21T12:00:30Z');
const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

const TIME = ['range', 'from', 'to'];
const TAKES = [
  ...TIME,
  'tenant',
  'tier',
  'model',
  'provider',
  'chunking',
  'group_by',
  'step',
  'percentiles',
  'metrics',
  'limit',
  'outcome',
];

function parse(query: string, accept: string | null = null, takes = TAKES): ReturnType<typeof parseQuestion> {
  const reading = { takes, nowMs: NOW, instant: Date.parse };
  return parseQuestion(new URLSearchParams(query), accept, reading);
}

function asked(query: string, accept: string | null = null): Asked {
  const parsed = parse(query, accept);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return parsed.value;
}

it('asks for the last hour in minutes when nothing is said', () => {
  expect(asked('')).toEqual({
    fromMs: NOW - 60 * MINUTE,
    toMs: NOW,
    stepMs: MINUTE,
    filter: {},
    groupBy: null,
    percentiles: [50, 95, 99],
    metrics: ['requests', 'failed', 'cost_usd', 'saved_usd', 'edge_share', 'ttft_ms'],
    limit: 100,
    outcome: null,
    isCsv: false,
  });
});

it('reads every parameter', () => {
  const query =
    'range=2h&tenant=a,b&tier=edge&chunking=whole,direct&group_by=model&step=5m&percentiles=50,99.9' +
    '&metrics=requests,ttft_ms&limit=7&outcome=failed&format=csv';
  expect(asked(query)).toEqual({
    fromMs: NOW - 120 * MINUTE,
    toMs: NOW,
    stepMs: 5 * MINUTE,
    filter: { tenant: ['a', 'b'], tier: ['edge'], chunking: ['whole', 'direct'] },
    groupBy: 'model',
    percentiles: [50, 99.9],
    metrics: ['requests', 'ttft_ms'],
    limit: 7,
    outcome: 'failed',
    isCsv: true,
  });
});

it.each([
  ['from=2026-11-21T10:00:00Z&to=2026-11-21T11:00:00Z', '10:00', '11:00'],
  ['from=2026-11-21T11:00:00+01:00&to=2026-11-21T12:00:00%2B01:00', '10:00', '11:00'],
  [`from=${Date.parse('2026-11-21T10:00:00Z') / 1000}&to=2026-11-21T11:00Z`, '10:00', '11:00'],
  ['to=2026-11-21T11:00:00Z', '10:00', '11:00'],
  ['from=2026-11-21', '00:00', '12:00:30'],
])('reads the span %s', (query, from, to) => {
  const { fromMs, toMs } = asked(query);
  expect([fromMs, toMs]).toEqual([Date.parse(`2026-11-21T${from}Z`), Date.parse(`2026-11-21T${to}Z`)]);
});

it.each([
  ['1h', MINUTE],
  ['3h', MINUTE],
  ['181m', 5 * MINUTE],
  ['1d', 15 * MINUTE],
  ['7d', 60 * MINUTE],
  ['30d', 360 * MINUTE],
  ['400d', DAY],
])('cuts %s into the finest steps that fit a screen', (range, stepMs) => {
  expect(asked(`range=${range}`).stepMs).toBe(stepMs);
});

it('takes no finer steps than are kept for that long', () => {
  expect([
    asked('from=2026-11-15&to=2026-11-16').stepMs,
    asked('from=2026-09-15&to=2026-09-16').stepMs,
    parse('from=2026-11-15&to=2026-11-16&step=15m'),
  ]).toEqual([60 * MINUTE, DAY, expect.objectContaining({ ok: false })]);
});

it('gives CSV to whoever asks for it in the header, unless the query says JSON', () => {
  expect([
    asked('', 'text/csv').isCsv,
    asked('', 'text/html, text/csv;q=0.9').isCsv,
    asked('format=json', 'text/csv').isCsv,
    asked('', '*/*').isCsv,
  ]).toEqual([true, true, false, false]);
});

describe('refuses with the name of the parameter and what it takes', () => {
  it.each([
    ['teir=edge', 'teir', 'none of format, range'],
    ['range=1h&range=2h', 'range', 'once'],
    ['range=1w', 'range', '15m, 6h or 30d'],
    ['range=0m', 'range', 'a minute to 400 days'],
    ['range=401d', 'range', 'a minute to 400 days'],
    ['range=1h&from=2026-11-21', 'range', 'without from and to'],
    ['range=1h&to=2026-11-21', 'range', 'without from and to'],
    ['from=yesterday', 'from', 'ISO 8601'],
    ['to=2026-13-45', 'to', 'ISO 8601'],
    ['from=2026-11-21T10:00:00', 'from', 'with its zone'],
    ['from=2026-11-21T11:00Z&to=2026-11-21T10:00Z', 'from', 'before to'],
    ['from=2020-01-01', 'from', '400 days'],
    ['tier=edge,middle', 'tier', 'edge, cloud'],
    ['chunking=token', 'chunking', 'batched, strict, whole, direct'],
    ['tenant=', 'tenant', 'names'],
    ['model=a,,b', 'model', 'names'],
    [`model=${Array.from({ length: 51 }, (_, at) => `m${at}`).join(',')}`, 'model', 'up to 50'],
    ['group_by=colour', 'group_by', 'tenant, tier, model, provider, chunking'],
    ['step=2m', 'step', '1m, 5m, 15m, 1h, 6h, 1d'],
    ['range=400d&step=1h', 'step', 'at least 1d'],
    ['percentiles=0', 'percentiles', 'between 0 and 100'],
    ['percentiles=50,x', 'percentiles', 'between 0 and 100'],
    ['percentiles=1,2,3,4,5,6', 'percentiles', 'up to 5'],
    ['metrics=requests,joy', 'metrics', 'ttft_ms'],
    ['limit=0', 'limit', '1 to 1000'],
    ['limit=1001', 'limit', '1 to 1000'],
    ['outcome=lost', 'outcome', 'completed, stopped, client_gone, failed'],
    ['format=xml', 'format', 'json, csv'],
  ])('%s', (query, param, words) => {
    expect(parse(query)).toEqual({
      ok: false,
      refusal: { reason: 'invalid_request', param, message: expect.stringContaining(words) },
    });
  });
});

it('refuses a parameter that only other endpoints take', () => {
  expect(parse('step=1h', null, TIME)).toMatchObject({ refusal: { param: 'step' } });
});

it('gives no more points than anybody reads', () => {
  expect([parse('range=2d&step=1m').ok, parse('range=39d&step=1h').ok]).toEqual([true, true]);
  expect(parse('range=2d&step=1m&from=1').ok).toBe(false);
});
