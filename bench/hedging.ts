// What a hedge saves and costs: the time to the first token of an upstream that takes fifty times as long for two calls
// in a hundred, with and without, in turns; and the calls that were made beyond one for each request.

import { quantileMs, type FirstToken } from '../test/support/first-tokens.ts';
import { startHedging, type HedgingRun } from '../test/support/hedging.ts';
import { figure, type Report } from './report.ts';

/** Long beside what the load itself adds to each. */
const SPEEDS = { fastMs: 80, slowMs: 4000, slowShare: 0.02, seed: 1 };
const AT_ONCE = 6;

export async function measureHedging(
  report: Report,
  { rounds, requests }: { readonly rounds: number; readonly requests: number },
): Promise<void> {
  const hedging = await startHedging(SPEEDS);
  const plain: HedgingRun[] = [];
  const hedged: HedgingRun[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      plain.push(await hedging.run(false, { requests, atOnce: AT_ONCE }));
      hedged.push(await hedging.run(true, { requests, atOnce: AT_ONCE }));
    }
  } finally {
    await hedging.dispose();
  }
  report.section(`Hedging: time to first token, ms (${rounds * requests} requests each)`);
  report.table(
    ['', 'p50', 'p95', 'p99', 'calls', 'closed early'],
    [row('without', plain), row('with hedges', hedged)],
  );
  const p99 = (runs: readonly HedgingRun[]): number => quantileMs(answersOf(runs), 0.99);
  const ratio = { what: 'p99 TTFT of two speeds, without hedges ÷ with', figure: p99(plain) / p99(hedged) };
  report.goal({ ...ratio, rank: 'must', sense: 'at_least', unit: '×', bound: 5 });
  const extra = { what: 'extra calls of hedges', figure: (callsOf(hedged) / (rounds * requests) - 1) * 100 };
  report.goal({ ...extra, rank: 'must', sense: 'at_most', unit: '%', bound: 6 });
}

function row(name: string, runs: readonly HedgingRun[]): readonly string[] {
  const answers = answersOf(runs);
  const times = [0.5, 0.95, 0.99].map((share) => figure(quantileMs(answers, share)));
  const cut = runs.reduce((sum, run) => sum + run.cut, 0);
  return [name, ...times, String(callsOf(runs)), String(cut)];
}

function answersOf(runs: readonly HedgingRun[]): readonly FirstToken[] {
  return runs.flatMap((run) => run.answers);
}

function callsOf(runs: readonly HedgingRun[]): number {
  return runs.reduce((sum, run) => sum + run.calls, 0);
}
