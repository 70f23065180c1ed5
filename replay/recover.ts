// What a restarted object makes of a generation that was running: its upstream is gone, so a new epoch
// begins and ends at once. A reader is never left waiting for an upstream that no longer exists.

import { failureEvent } from '../protocol/errors.ts';
import { isContent } from '../protocol/events.ts';
import type { Durability } from '../protocol/plan.ts';
import type { LogHeader } from './header.ts';
import type { LogStore } from './log-store.ts';
import { ReplayLog } from './replay-log.ts';

/** Opens a stored log; one that was still running is ended as `interrupted`. Null when nothing is stored. */
export async function recoverLog(
  store: LogStore,
  durability: Durability,
  nowMs: number,
): Promise<ReplayLog | null> {
  const log = ReplayLog.open(store, durability);
  if (log === null || log.terminal !== null) return log;
  await interrupt(log, nowMs);
  return log;
}

/**
 * The log of a generation whose id is genuine but of which no row survived (the object died before the first
 * write): an empty first epoch, then `interrupted`.
 */
export async function recreateLostLog(store: LogStore, header: LogHeader, nowMs: number): Promise<ReplayLog> {
  const log = ReplayLog.create(store, header, 'batched');
  await interrupt(log, nowMs);
  return log;
}

async function interrupt(log: ReplayLog, nowMs: number): Promise<void> {
  const partial = holdsContent(log);
  log.beginEpoch();
  log.append([failureEvent('interrupted', partial)]);
  await log.commit(nowMs);
}

function holdsContent(log: ReplayLog): boolean {
  for (const event of log.events()) if (isContent(event)) return true;
  return false;
}
