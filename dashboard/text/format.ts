// Numbers as people read them. Invariant: no text for a missing value but the dash, and no number without its unit.

export type Unit = 'count' | 'ms' | 'usd' | 'rate' | 'per_second';

export const NOTHING = '–';

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });
const CENTS = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const SMALL_USD = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumSignificantDigits: 2,
});

/** Up to this, every digit is shown. */
const COMPACT_FROM = 1_000_000;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

export function formatValue(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NOTHING;
  switch (unit) {
    case 'count':
      return formatCount(value);
    case 'ms':
      return formatMs(value);
    case 'usd':
      return formatUsd(value);
    case 'rate':
      return formatRate(value);
    case 'per_second':
      return `${digits(value)} tok/s`;
  }
}

function formatCount(value: number): string {
  return Math.abs(value) < COMPACT_FROM ? WHOLE.format(value) : SHORT.format(value);
}

function formatMs(value: number): string {
  if (value < 10 && value > 0) return `${digits(value)} ms`;
  // Rounded first: 999.7 is a second, not 1000 ms.
  if (Math.round(value) < SECOND_MS) return `${Math.round(value)} ms`;
  if (value < MINUTE_MS) return `${digits(value / SECOND_MS)} s`;
  const seconds = Math.round(value / SECOND_MS);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** A price of one answer is a small part of a cent: two digits that count. */
function formatUsd(value: number): string {
  const text = (Math.abs(value) < 0.1 && value !== 0 ? SMALL_USD : CENTS).format(value);
  return text.replace('-', '−');
}

function formatRate(value: number): string {
  const percent = value * 100;
  if (percent !== 0 && Math.abs(percent) < 0.01) return '<0.01 %';
  return `${digits(percent)} %`;
}

/** Three digits that count, without zeros that say nothing. */
function digits(value: number): string {
  const size = Math.abs(value);
  const places = size >= 100 ? 0 : size >= 10 ? 1 : 2;
  return String(Number(value.toFixed(places))).replace('-', '−');
}
