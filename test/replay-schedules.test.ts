// The promise of resumable streams under random schedules: cuts at every byte, crashes of object and disk,
// any cursor, any order. Each seed is a schedule; a failure prints its seed. To play one again:
// `REPLAY_SEED=<seed> npx vitest run test/replay-schedules.test.ts`.

import { describe, expect, it } from 'vitest';

import { projectCore, type ReplayCore } from './support/replay-core.ts';
import { SMALL_LIMITS, withEditedCore } from './support/replay-mutants.ts';
import { runSchedule } from './support/replay-simulator.ts';

/** Schedules with production's limits, and as many with limits so small that all of them are met. */
const SCHEDULES = 20_000;
const TIMEOUT_MS = 300_000;
const REPLAYED = process.env['REPLAY_SEED'];

async function runAll(core: ReplayCore): Promise<number> {
  const first = REPLAYED === undefined ? 1 : Number(REPLAYED);
  const last = REPLAYED === undefined ? SCHEDULES : first;
  for (let seed = first; seed <= last; seed++) await runSchedule(core, seed);
  return last - first + 1;
}

describe('every client ends with exactly what was generated, or is told what was lost', () => {
  it(
    'under random schedules',
    async () => {
      expect(await runAll(projectCore)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );

  it(
    'under random schedules with tiny pages, rows, chunks and memory',
    async () => {
      expect(await withEditedCore(SMALL_LIMITS, runAll)).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
