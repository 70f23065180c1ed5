// Numbers as the dashboard writes them, and what it says about targets.

import { describe, expect, it } from 'vitest';
import { ERROR_RATE_TARGET, meets, TOKENS_PER_SECOND_TARGET } from '../dashboard/state/targets.ts';
import { formatTick, localInput } from '../dashboard/text/format-time.ts';
import { formatValue, type Unit } from '../dashboard/text/format.ts';

describe('a value', () => {
  it.each<[number | null | undefined, Unit, string]>([
    [null, 'ms', '–'],
    [undefined, 'usd', '–'],
    [Number.NaN, 'rate', '–'],
    [0, 'count', '0'],
    [999_999, 'count', '999,999'],
    [1_234_567, 'count', '1.23M'],
    [0, 'ms', '0 ms'],
    [9.04, 'ms', '9.04 ms'],
    [212.4, 'ms', '212 ms'],
    [999.7, 'ms', '1 s'],
    [1_634, 'ms', '1.63 s'],
    [61_000, 'ms', '1 min 1 s'],
    [0, 'usd', '$0.00'],
    [0.000_471, 'usd', '$0.00047'],
    [12.345, 'usd', '$12.35'],
    [-0.0012, 'usd', '−$0.0012'],
    [0, 'rate', '0 %'],
    [0.685, 'rate', '68.5 %'],
    [0.000_01, 'rate', '<0.01 %'],
    [59.94, 'per_second', '59.9 tok/s'],
  ])('%s as %s is %s', (value, unit, text) => {
    expect(formatValue(value, unit)).toBe(text);
  });
});

describe('a target', () => {
  it('is met on its good side only, and missed at its bound', () => {
    expect([0.009, 0.01, 0.02].map((rate) => meets(rate, ERROR_RATE_TARGET))).toEqual([true, false, false]);
    expect([16, 15, 3].map((speed) => meets(speed, TOKENS_PER_SECOND_TARGET))).toEqual([true, false, false]);
  });

  it('is neither met nor missed without a value', () => {
    expect(meets(null, ERROR_RATE_TARGET)).toBeNull();
    expect(meets(1, null)).toBeNull();
  });
});

describe('a time', () => {
  it('comes back from the field that it was put into', () => {
    const iso = '2026-05-01T10:30:00.000Z';
    expect(new Date(localInput(iso)).toISOString()).toBe(iso);
  });

  it('is a day at the axis where a step is a day, and at midnight', () => {
    const noon = new Date(2026, 4, 1, 12, 0).getTime();
    const midnight = new Date(2026, 4, 1, 0, 0).getTime();
    expect([
      formatTick(noon, 3_600_000),
      formatTick(noon, 86_400_000),
      formatTick(midnight, 3_600_000),
    ]).toEqual(['12:00', '1 May', '1 May']);
  });
});
