// A chart in one sentence, for who cannot see it.

import type { Values } from '../state/analytics-answers.ts';
import { formatValue, type Unit } from '../text/format.ts';
import type { ChartLine } from './chart-line.ts';

export function describeChart(title: string, lines: readonly ChartLine[], unit: Unit): string {
  const parts = lines.map(({ label, values }) => `${label}: ${describeValues(values, unit)}`);
  return `${title}. ${parts.length === 0 ? 'Nothing to show yet' : parts.join('; ')}.`;
}

function describeValues(values: Values, unit: Unit): string {
  const known = values.filter((value) => value !== null);
  const sorted = known.toSorted((left, right) => left - right);
  const [least, last] = [sorted[0], known.at(-1)];
  if (least === undefined || last === undefined) return 'no values';
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  const [now, low, median, high] = [last, least, middle, sorted.at(-1)].map((value) =>
    formatValue(value, unit),
  );
  return `now ${now}, lowest ${low}, median ${median}, highest ${high}`;
}
