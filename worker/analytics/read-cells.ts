// Asks every shard of the statistics and adds up what they say. Invariant: all of them or none; a shard that cannot
// answer is a refusal, because a part would pass for the whole.

import type { Refusal } from '../../protocol/errors.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import { MAX_STATS_CELLS } from '../../policy/analytics/answer-question.ts';
import { Cell } from '../../policy/analytics/cell.ts';
import { decodeCell } from '../../policy/analytics/cell-codec.ts';
import type { Asked } from '../../policy/analytics/parse-question.ts';
import type { StatsQuestion } from '../../policy/analytics/stats-question.ts';
import type { RequestContext } from '../pipeline.ts';
import { askShards, statsShards } from '../stats-client.ts';

/** What an endpoint answers from. */
export type Reading = { readonly context: RequestContext; readonly asked: Asked };

/** `rows`: the answer as one table; without it its lists make one. */
export type Told = { readonly body: object; readonly rows?: () => readonly object[] };

export type Part = Partial<Pick<StatsQuestion, 'stepMs' | 'filter' | 'groupBy' | 'histograms'>>;

const TOO_MANY: Refusal = {
  reason: 'invalid_request',
  param: 'group_by',
  message: `The parameter group_by gives more than ${MAX_STATS_CELLS} points: ask for longer steps, a shorter range or fewer names.`,
};

/** By group, then by the start of the step. */
export async function readSteps(
  { context, asked }: Reading,
  part: Part,
): Promise<Result<ReadonlyMap<string, ReadonlyMap<number, Cell>>, Refusal>> {
  const { fromMs, toMs, filter } = asked;
  const question = { fromMs, toMs, stepMs: null, filter, groupBy: null, histograms: [], ...part };
  const answers = await askShards(statsShards(context), (shard) => shard.answer(question));
  if (!answers.ok) return answers;
  const groups = new Map<string, Map<number, Cell>>();
  let cells = 0;
  for (const { group, startMs, cell } of answers.value.flat()) {
    const steps = groups.get(group) ?? new Map<number, Cell>();
    if (!steps.has(startMs) && ++cells > MAX_STATS_CELLS) return refuse(TOO_MANY);
    const sum = steps.get(startMs) ?? new Cell();
    groups.set(group, steps);
    steps.set(startMs, decodeCell(cell, question.histograms, sum));
  }
  return ok(groups);
}

/** By group, busiest first. */
export async function readGroups(
  reading: Reading,
  part: Part,
): Promise<Result<ReadonlyMap<string, Cell>, Refusal>> {
  const read = await readSteps(reading, part);
  if (!read.ok) return read;
  const groups = Array.from(read.value, ([group, steps]) => [group, together(steps.values())] as const);
  return ok(new Map(groups.toSorted(([, one], [, two]) => two.sums.requests - one.sums.requests)));
}

export function together(cells: Iterable<Cell>): Cell {
  const sum = new Cell();
  for (const cell of cells) sum.merge(cell);
  return sum;
}
