// npm run bench: the product beside a bare pass-through Worker and an empty Durable Object, in the same run, on the same
// machine, with the same load, on workerd itself. Prints the tables and then each goal with its verdict.
//   --quick         about a minute: fewer rounds, no l1000, memory, rows and hedging
//   --only=a,b      latency, b16, l256, l1000, memory, replay, rows, bundle, hedging
// Exit code 1 when a promised goal is missed.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBundle } from './bundle.ts';
import { measureHedging } from './hedging.ts';
import { measureLatency } from './latency.ts';
import { measureMemory } from './memory.ts';
import { measureReplay } from './replay.ts';
import { Report } from './report.ts';
import { measureRows } from './rows.ts';
import { buildStage, type Stage } from './stage.ts';
import { measureB16, measureL1000, measureL256 } from './throughput.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const quick = values.quick;
const latency = quick ? { rounds: 2, streams: 12 } : { rounds: 5, streams: 16 };
const throughput = quick
  ? { rounds: 1, b16Tokens: 8000, pacedSeconds: 2 }
  : { rounds: 3, b16Tokens: 16_000, pacedSeconds: 3 };

type Section = (stage: Stage, report: Report) => Promise<void>;

const sections: Readonly<Record<string, Section>> = {
  latency: (stage, report) => measureLatency(stage, report, latency),
  b16: (stage, report) => measureB16(stage, report, throughput),
  l256: (stage, report) => measureL256(stage, report, { ...throughput, rounds: quick ? 1 : 2 }),
  l1000: (stage, report) => measureL1000(stage, report, { ...throughput, rounds: quick ? 1 : 2 }),
  replay: (stage, report) => measureReplay(stage, report, 15),
  memory: (stage, report) => measureMemory(stage, report),
  rows: (stage, report) => measureRows(stage, report),
  bundle: (_stage, report) => measureBundle(report, 3),
  hedging: (_stage, report) => measureHedging(report, { rounds: 2, requests: 600 }),
};
const left = quick ? ['l1000', 'memory', 'rows', 'hedging'] : [];
const wanted = values.only?.split(',') ?? Object.keys(sections).filter((name) => !left.includes(name));
const unknown = wanted.filter((name) => sections[name] === undefined);
if (unknown.length > 0) {
  process.stderr.write(
    `no such section: ${unknown.join(', ')}. There are: ${Object.keys(sections).join(', ')}\n`,
  );
  process.exit(2);
}

const startedMs = performance.now();
const report = new Report();
report.line(
  `${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}; workerd, model server and load generator share them`,
);
const stage = await buildStage();
let missed = 0;
try {
  for (const name of wanted) await sections[name]?.(stage, report);
  missed = report.verdict();
} finally {
  await stage.dispose();
}
report.line(`${Math.round((performance.now() - startedMs) / 1000)} s`);
process.exitCode = missed === 0 ? 0 : 1;
