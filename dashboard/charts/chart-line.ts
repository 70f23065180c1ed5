// A chart as the panels describe it, apart from what draws it.

import type { Values } from '../state/analytics-answers.ts';

export type ColourName = `--${string}`;

export type ChartLine = {
  readonly label: string;
  /** What is told and tabulated. */
  readonly values: Values;
  readonly colour: ColourName;
  readonly style: 'line' | 'dashed' | 'area' | 'bars';
};

/** Enough colours to tell apart; more lines than this are no picture any more. */
export const MOST_GROUPS = 8;

export function seriesColour(group: string, at: number): ColourName {
  if (group === 'edge') return '--edge';
  if (group === 'cloud') return '--cloud';
  return `--series-${(at % MOST_GROUPS) + 1}`;
}
