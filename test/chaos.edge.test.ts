// Inside workerd, against an upstream over real HTTP: whatever dies, leaves or comes back, every reader ends with the
// same answer and one end. `npm run chaos` runs the same with more schedules, or one seed again.

import { abortAllDurableObjects, evictAllDurableObjects, runDurableObjectAlarm } from 'cloudflare:test';
import { env, exports } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { runWave, type WaveReport, type World } from './support/chaos-schedule.ts';

type ChaosEnv = {
  readonly CONVERSATIONS: DurableObjectNamespace;
  readonly CHAOS_SCHEDULES: string;
  readonly CHAOS_SEED: string;
};
const { CONVERSATIONS, CHAOS_SCHEDULES, CHAOS_SEED } = env as unknown as ChaosEnv; // set in the test project's bindings

/** Generations that share objects, crashes and two cores. */
const PER_WAVE = 20;

/** A long run says now and then that it lives. */
const WAVES_PER_LINE = 25;

const world: World = {
  send: (path, init) => {
    const request = new Request(`http://localhost${path}`, init);
    request.headers.set('host', 'localhost'); // over a socket every client sends it
    return exports.default.fetch(request);
  },
  crash: abortAllDurableObjects,
  evict: () => evictAllDurableObjects(),
  alarm: async (streamId) => {
    const name = /^s_([^.]+)\./.exec(streamId)?.[1] ?? '';
    await runDurableObjectAlarm(CONVERSATIONS.get(CONVERSATIONS.idFromName(name)));
  },
};

it(`loses, repeats and reorders nothing in ${CHAOS_SCHEDULES} random schedules`, async () => {
  const schedules = Number(CHAOS_SCHEDULES);
  const firstSeed = Number(CHAOS_SEED);
  const reports: WaveReport[] = [];
  for (let wave = 0; wave < Math.ceil(schedules / PER_WAVE); wave++) {
    reports.push(await runWave(firstSeed + wave, PER_WAVE, world));
    if (reports.length % WAVES_PER_LINE === 0) console.log(`${reports.length * PER_WAVE} schedules passed`);
  }
  const sum = (of: (report: WaveReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0);
  console.log(
    JSON.stringify({
      schedules: sum((report) => report.schedules),
      crashes: sum((report) => report.crashes),
      cuts: sum((report) => report.cuts),
      announcedLosses: sum((report) => report.losses),
      ends: reports.reduce<Record<string, number>>((ends, report) => {
        for (const [end, count] of Object.entries(report.ends)) ends[end] = (ends[end] ?? 0) + count;
        return ends;
      }, {}),
    }),
  );
  expect(sum((report) => report.schedules)).toBeGreaterThanOrEqual(schedules);
}, 3_600_000);
