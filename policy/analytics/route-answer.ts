// Why requests went where they went, from the named counts of a cell, in the words of the wire.

import { toUsd } from '../money/usd.ts';
import { type Cell, PROBABILITY_BUCKETS as BUCKETS } from './cell.ts';
import { shareOf } from './metrics.ts';

export function routeAnswer(cell: Cell): object {
  const { sums } = cell;
  const stages = countsOf(cell, 'stage');
  return {
    requests: sums.requests,
    stages: stages.map(([stage, requests]) => ({ stage, requests })),
    reasons: countsOf(cell, 'reason').map(([reason, requests]) => ({ reason, requests })),
    signals: signalsOf(cell),
    probability: probabilityOf(cell),
    overrides: stages.reduce((sum, [stage, count]) => sum + (OVERRIDES.includes(stage) ? count : 0), 0),
    checks: {
      checked: sums.checked,
      bad: sums.checked_bad,
      bad_rate: shareOf(sums.checked_bad, sums.checked),
    },
    escalations: {
      count: sums.escalated,
      rate: shareOf(sums.escalated, sums.requests),
      hidden_usd: toUsd(sums.escalated_hidden_nano),
    },
  };
}

/** The counts of a family, greatest first. */
export function countsOf(cell: Cell, family: string): readonly (readonly [string, number])[] {
  const prefix = `${family}:`;
  return [...cell.counts]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, count]) => [name.slice(prefix.length), count] as const)
    .toSorted(([, one], [, two]) => two - one);
}

/** Stages that leave the classifier nothing to say. */
const OVERRIDES = ['gate', 'rule'];

/** Counted by their sign, told by their name; what was too much to name has no side. */
function signalsOf(cell: Cell): readonly object[] {
  const counts = new Map(countsOf(cell, 'signal'));
  const names = new Set(Array.from(counts.keys(), (signed) => signed.replace(/^[+-]/, '')));
  return Array.from(names, (signal) => ({
    signal,
    for_edge: counts.get(`+${signal}`) ?? 0,
    for_cloud: counts.get(`-${signal}`) ?? 0,
  }));
}

function probabilityOf({ counts }: Cell): readonly object[] {
  return Array.from({ length: BUCKETS }, (_, at) => {
    const count = (family: string): number => counts.get(`${family}:${at}`) ?? 0;
    return {
      from: at / BUCKETS,
      to: (at + 1) / BUCKETS,
      requests: count('p'),
      edge: count('pedge'),
      checked: count('pchecked'),
      checked_bad: count('pbad'),
    };
  });
}
