// The promise: a table that any reader of RFC 4180 takes back as it was, and no spreadsheet calculates with.

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowsOf, toCsv } from '../policy/analytics/csv.ts';

it('joins nested names by dots, has every column once and leaves unknown cells empty', () => {
  const rows = [
    { group: 'edge', ttft_ms: { count: 2, p50: 12.5 }, failures: [{ code: 'upstream_timeout', count: 3 }] },
    { group: 'cloud', ttft_ms: { count: 0, p50: null }, signals: ['+length', 'code'] },
  ];
  expect(toCsv(rows)).toBe(
    'group,ttft_ms.count,ttft_ms.p50,failures,signals\r\n' +
      'edge,2,12.5,upstream_timeout:3,\r\n' +
      "cloud,0,,,'+length code\r\n",
  );
});

it.each(['=1+1', '+length', '-2', '@name', '\t=1', '\r=1'])('never begins a cell as %j does', (text) => {
  const [, line = ''] = toCsv([{ text }]).split('\n', 2);
  expect(line.replace(/^"/, '')).toMatch(/^'/);
});

it('leaves numbers as they are, also negative ones', () => {
  expect(toCsv([{ saved_usd: -0.25, requests: 3, cached: true }])).toBe(
    'saved_usd,requests,cached\r\n-0.25,3,true\r\n',
  );
});

it('keeps commas, quotes and line ends inside their cell', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'ü') });
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (pairs) => {
      const unguarded = pairs.map((pair) => pair.map((cell) => cell.replace(/^\r/, 'x')));
      const table = parseCsv(toCsv(unguarded.map(([left, right]) => ({ left, right }))));
      expect(table).toEqual([['left', 'right'], ...unguarded]);
    }),
  );
});

it('puts the lists of an answer one below the other', () => {
  const body = {
    requests: 2,
    stages: [{ stage: 'gate', requests: 2 }],
    reasons: [{ reason: 'gate:vision' }],
  };
  expect(rowsOf(body)).toEqual([
    { table: 'all', requests: 2 },
    { table: 'stages', stage: 'gate', requests: 2 },
    { table: 'reasons', reason: 'gate:vision' },
  ]);
});

/** By the grammar of RFC 4180, written anew. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  let row: string[] = [];
  while (cell.lastIndex < text.length) {
    const match = cell.exec(text);
    if (match === null) throw new Error('this is no CSV');
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
