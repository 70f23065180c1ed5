// Figures as people read them. What is not known is a dash, never a zero.

const UNKNOWN = '–';

export function usd(amount: number | null | undefined): string {
  if (amount === null || amount === undefined) return UNKNOWN;
  if (amount === 0) return '$0';
  // Single answers cost fractions of a cent: two digits of whatever there is.
  const digits = amount < 0.01 ? Math.min(8, 1 - Math.floor(Math.log10(amount))) : 4;
  return `$${amount.toFixed(digits)}`;
}

export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return UNKNOWN;
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

export function perSecond(rate: number | null): string {
  return rate === null ? UNKNOWN : `${rate.toFixed(rate < 100 ? 1 : 0)} tok/s`;
}

export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? UNKNOWN : `${(share * 100).toFixed(0)} %`;
}

export function probability(value: number): string {
  return value.toFixed(3);
}
