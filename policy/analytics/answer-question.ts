// What the rollups of a range say to a question: one cell for each step and group that has anything.

import { Cell } from './cell.ts';
import { encodeCell } from './cell-codec.ts';
import { isIn } from './cell-key.ts';
import { readRollup } from './rollup.ts';
import type { StatsCell, StatsQuestion } from './stats-question.ts';
import type { StoredRollup } from './stats-store.ts';

/** Whether it can be answered without knowing tenants and chunkings apart. */
export function isBrief({ filter, groupBy }: StatsQuestion): boolean {
  return !(filter.tenant ?? filter.chunking) && groupBy !== 'tenant' && groupBy !== 'chunking';
}

/**
 * Of one answer, from all shards: what an isolate has the memory for, with every distribution in each. Tenants by the
 * minute would be hundreds of thousands.
 */
export const MAX_STATS_CELLS = 10_000;

/**
 * Ends early when there are more than MAX_STATS_CELLS. Rollups come oldest first, so only one step is held as cells.
 * @param question - with its start rounded to the step
 */
export function answerQuestion(question: StatsQuestion, rollups: Iterable<StoredRollup>): StatsCell[] {
  const { filter, groupBy, histograms } = question;
  const told: StatsCell[] = [];
  let step = { startMs: NaN, groups: new Map<string, Cell>() };
  const tell = (): void => {
    for (const [group, cell] of step.groups)
      told.push({ startMs: step.startMs, group, cell: encodeCell(cell, histograms) });
  };
  for (const { startMs, cells } of rollups) {
    const stepMs = stepOf(startMs, question);
    if (stepMs !== step.startMs) {
      tell();
      if (told.length > MAX_STATS_CELLS) return told;
      step = { startMs: stepMs, groups: new Map() };
    }
    const { groups } = step;
    const cellOf = (group: string): Cell =>
      groups.get(group) ?? groups.set(group, new Cell()).get(group) ?? new Cell();
    readRollup(
      cells,
      (key) => (isIn(filter, key) ? cellOf(groupBy === null ? '' : key[groupBy]) : null),
      histograms,
    );
  }
  tell();
  return told;
}

/** What begins before the range is of its first step: a row of a longer step than those that are gone. */
function stepOf(startMs: number, { fromMs, stepMs }: StatsQuestion): number {
  return stepMs === null ? fromMs : fromMs + Math.max(0, Math.floor((startMs - fromMs) / stepMs)) * stepMs;
}
