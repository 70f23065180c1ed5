// The view in the address: what is shared is what the other one sees, and an odd address is no error.

import { describe, expect, it } from 'vitest';
import {
  FIRST_VIEW,
  formatView,
  parseView,
  questionPath,
  rangeMs,
  spanMs,
  type View,
} from '../dashboard/state/view.ts';

const EVERYTHING: View = {
  range: { type: 'between', from: '2026-05-01T10:00:00.000Z', to: '2026-05-02T10:00:00.000Z' },
  filter: { tenant: ['acme', 'globex'], model: ['@cf/meta/llama', 'a&b=c d'] },
  group: null,
  metric: 'gap_p95_ms',
  theme: 'dark',
  isLive: false,
  outcome: 'failed',
  stream: 'st_1.abc',
};

describe('the address of a view', () => {
  it('is empty for the first view, so the plain address shows it', () => {
    expect(formatView(FIRST_VIEW)).toBe('');
    expect(parseView('')).toEqual(FIRST_VIEW);
  });

  it('says everything that differs, and reads back as the same view', () => {
    expect(parseView(formatView(EVERYTHING))).toEqual(EVERYTHING);
  });

  it.each(['15m', '6h', '24h', '30d', '400d'])('keeps the range %s', (span) => {
    const view: View = { ...FIRST_VIEW, range: { type: 'last', span } };
    expect(parseView(formatView(view))).toEqual(view);
  });

  it('is readable: commas, colons and slashes stand as they are', () => {
    const view: View = { ...FIRST_VIEW, filter: { tenant: ['a', 'b'], model: ['@cf/x:y'] } };
    expect(formatView(view)).toBe('?tenant=a,b&model=%40cf/x:y');
  });

  it.each([
    '?range=soon',
    '?range=401d',
    '?range=0m',
    '?from=yesterday',
    '?from=2026-05-02T00:00:00Z&to=2026-05-01T00:00:00Z',
    '?group_by=colour',
    '?metric=price',
    '?theme=pink',
    '?outcome=unknown',
    '?tier=&stream=',
    '?nobody=knows',
  ])('leaves out what nobody knows: %s', (search) => {
    expect(parseView(search)).toEqual(FIRST_VIEW);
  });

  it('takes a value once, however often it is named', () => {
    expect(parseView('?tier=edge,,edge').filter).toEqual({ tier: ['edge'] });
  });
});

describe('the question of a view', () => {
  it('names the range, the filters and what the panel adds', () => {
    const view = { range: { type: 'last', span: '7d' }, filter: { tier: ['edge'] } } as const;
    expect(questionPath('summary', view, { group_by: 'model' })).toBe(
      '/v1/analytics/summary?range=7d&tier=edge&group_by=model',
    );
  });

  it('asks up to now when there is no end', () => {
    const range = { type: 'between', from: '2026-05-01T00:00:00.000Z', to: null } as const;
    expect(questionPath('routes', { range, filter: {} })).toBe(
      '/v1/analytics/routes?from=2026-05-01T00:00:00.000Z',
    );
    expect(rangeMs(range, Date.parse('2026-05-01T01:00:00Z'))).toBe(3_600_000);
  });

  it('takes only the spans that the API takes', () => {
    expect(['90m', '400d', '401d', '0h', '1w', 'h'].map(spanMs)).toEqual([
      90 * 60_000,
      400 * 86_400_000,
      null,
      null,
      null,
      null,
    ]);
  });
});
