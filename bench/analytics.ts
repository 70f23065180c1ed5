// `npm run bench:analytics`: what questions about 30 days of ten models cost one shard, and whoever reads its answer.
// Prints the median of several times each; the first time includes compiling.

import { decodeCell } from '../policy/analytics/cell-codec.ts';
import { StatsBook } from '../policy/analytics/stats-book.ts';
import { HISTOGRAMS, type StatsQuestion } from '../policy/analytics/stats-question.ts';
import { seededRandom } from '../classifier/train/seeded-random.ts';
import { randomRecord } from '../test/support/random-records.ts';
import { startProduct } from '../test/support/product.ts';
import { SEEDED_ENTRY, seedStats } from '../test/support/seeded-stats.ts';
import { statsDatabase } from '../test/support/stats-database.ts';
import { median } from './machine.ts';
import { figure, Report } from './report.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const DAYS = 30;
const RECORDS_A_MINUTE = 10;
const REPEATS = 9;
const START_MS = 20_700 * DAY_MS;
const END_MS = START_MS + DAYS * DAY_MS;

const QUESTION: StatsQuestion = {
  fromMs: START_MS,
  toMs: END_MS,
  stepMs: 6 * HOUR_MS,
  filter: {},
  groupBy: 'model',
  histograms: ['ttft_ms'],
};

const QUESTIONS: Readonly<Record<string, Partial<StatsQuestion>>> = {
  'time to first token by model, each 6 h': {},
  'time to first token by model, each hour': { stepMs: HOUR_MS },
  'everything by model, each 6 h': { histograms: HISTOGRAMS },
  'everything by model, in all': { stepMs: null, histograms: HISTOGRAMS },
  'counts only, each 6 h': { histograms: [], groupBy: null },
  'one tenant by model, each 6 h': { filter: { tenant: ['tenant-1'] } },
  'one tenant by model, each hour': { filter: { tenant: ['tenant-1'] }, stepMs: HOUR_MS },
};

function timed<Value>(work: () => Value): { value: Value; ms: number } {
  const startMs = performance.now();
  const value = work();
  return { value, ms: performance.now() - startMs };
}

function filledBook(): StatsBook {
  const book = new StatsBook(statsDatabase()());
  const random = seededRandom(1);
  let at = 0;
  for (let nowMs = START_MS; nowMs < END_MS; nowMs += MINUTE_MS) {
    for (let count = 0; count < RECORDS_A_MINUTE; count++)
      book.add(randomRecord(random, at++, { models: 10 }), nowMs);
    if (nowMs % HOUR_MS === 0) book.roll(nowMs);
    else if (nowMs % (20 * MINUTE_MS) === 0) book.flush(nowMs);
  }
  book.flush(END_MS);
  return book;
}

/** A whole question to the running product: all shards, over HTTP. Its minutes are fewer than those of the book. */
async function askedOverHttp(): Promise<readonly number[]> {
  const product = await startProduct({ entry: SEEDED_ENTRY });
  const random = seededRandom(1);
  const startMs = Date.now() - DAYS * DAY_MS;
  const records = Array.from({ length: DAYS * 24 * 20 * RECORDS_A_MINUTE }, (_, at) => ({
    ...randomRecord(random, at, { models: 10 }),
    endedMs: startMs + Math.floor(at / RECORDS_A_MINUTE) * 3 * MINUTE_MS,
  }));
  await seedStats(product.url, records);
  const times: number[] = [];
  for (let repeats = 0; repeats < REPEATS; repeats++) {
    const askedMs = performance.now();
    await (await fetch(`${product.url}/v1/analytics/timeseries?range=${DAYS}d&group_by=model`)).text();
    times.push(performance.now() - askedMs);
  }
  await product.dispose();
  return times;
}

const report = new Report();
const { value: book, ms: fillMs } = timed(filledBook);
const records = RECORDS_A_MINUTE * DAYS * 24 * 60;
report.section(`Statistics: ${DAYS} days, 10 models, 3 tenants, 4 chunkings, ${records} generations`);
report.line(`recorded and rolled up in ${figure((fillMs * 1_000) / records)} µs each`);
const rows = Object.entries(QUESTIONS).map(([name, question]) => {
  const asked = { ...QUESTION, ...question };
  const answers = Array.from({ length: REPEATS }, () => timed(() => book.answer(asked, END_MS)));
  const cells = answers[0]?.value ?? [];
  const reads = Array.from({ length: REPEATS }, () =>
    timed(() => {
      for (const { cell } of cells) decodeCell(cell, asked.histograms).histogram('ttft_ms').quantile(0.95);
    }),
  );
  const bytes = cells.reduce((sum, { cell }) => sum + cell.length, 0);
  const times = [answers.map(({ ms }) => ms), reads.map(({ ms }) => ms)].map((ms) => figure(median(ms)));
  return [name, ...times, figure(cells.length), figure(bytes / 1024)];
});
report.table(['', 'answer, ms', 'read, ms', 'cells', 'KiB'], rows);
const times = await askedOverHttp();
report.section('GET /v1/analytics/timeseries?range=30d&group_by=model, from the running product');
report.line(`median ${figure(median(times))} ms of ${times.length}, worst ${figure(Math.max(...times))} ms`);
