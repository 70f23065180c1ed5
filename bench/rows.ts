// What 1,000 answers of 500 tokens in 11 s write, counted by SQLite's own `rowsWritten` in a build of the product that
// wraps its storage from outside (`workers/counting.ts`). Counted on 100 answers: rows do not depend on the number.

import { startProduct } from '../test/support/product.ts';
import { answersOf500 } from './loads.ts';
import { pause } from './machine.ts';
import { figure, type Report } from './report.ts';
import type { RowCounts } from './row-counts.ts';
import type { Stage } from './stage.ts';
import { product } from './targets.ts';

const STREAMS = 100;
const PER_THOUSAND = 1000 / STREAMS;
const RETENTION_S = 5;
const PATIENCE_MS = 45_000;

export async function measureRows(stage: Stage, report: Report): Promise<void> {
  const counting = await startProduct({
    entry: new URL('workers/counting.ts', import.meta.url),
    persistDir: await stage.folder('tmpfs'),
    vars: { OPENAI_BASE_URL: stage.upstreamUrl, EDGE_BASE_URL: stage.upstreamUrl },
    config: { retention_seconds: RETENTION_S },
  });
  try {
    const target = { ...product(stage, 'tmpfs', 'new'), port: counting.port, workerd: counting };
    const result = await stage.run(answersOf500(target, STREAMS), null);
    if (result.failures.length > 0) throw new Error(`rows: ${result.failures[0]}`);
    const { rows, deletedLogs } = await deleted(counting.url);
    report.section(
      'Rows written per 1,000 answers of 500 tokens in 11 s (an alarm that is set counts as one)',
    );
    report.table(
      ['', 'rows'],
      Object.entries(rows).map(([use, count]) => [use, figure(count * PER_THOUSAND)]),
    );
    if (deletedLogs < STREAMS)
      report.line(`only ${deletedLogs} of ${STREAMS} answers were deleted in time: "in all" is too low`);
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    const goal = { sense: 'at_most', unit: 'rows', rank: 'must' } as const;
    report.goal({
      ...goal,
      what: 'rows up to the terminal, per 1,000 answers',
      figure: rows.log * PER_THOUSAND,
      bound: 48_000,
    });
    report.goal({
      ...goal,
      what: 'rows in all, per 1,000 answers',
      figure: total * PER_THOUSAND,
      bound: 95_000,
    });
  } finally {
    await counting.dispose();
  }
}

/** The counts once every answer has expired and its rows are gone. */
async function deleted(url: string): Promise<RowCounts> {
  const lastMs = performance.now() + PATIENCE_MS;
  for (;;) {
    const counts = (await (await fetch(`${url}/bench/rows`)).json()) as RowCounts; // the counting entry's own answer
    if (counts.deletedLogs >= STREAMS || performance.now() > lastMs) return counts;
    await pause(500);
  }
}
