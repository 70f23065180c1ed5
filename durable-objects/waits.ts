// Waiting for calls of one answer: for the faster of two, for a while, or until nobody wants the answer any more.

import type { CandidateCall } from './candidate-call.ts';
import { HoldTimer } from './hold-timer.ts';

/** The first that has something to show; one that comes to nothing leaves it to the other. */
export async function winnerOf(first: CandidateCall, second: CandidateCall): Promise<CandidateCall> {
  const speaks = async (call: CandidateCall, other: CandidateCall): Promise<CandidateCall> => {
    await call.untilContent();
    if (call.nothingBecause === null) return call;
    await other.untilContent();
    return other.nothingBecause === null ? other : first;
  };
  return Promise.race([speaks(first, second), speaks(second, first)]);
}

/** True when it takes longer than this. */
export async function isOver(spoke: Promise<void>, delayMs: number): Promise<boolean> {
  const timer = new HoldTimer();
  timer.start(delayMs);
  const came = await Promise.race([spoke, timer.over]);
  timer.clear();
  return came === 'over';
}

/** Waits, but not for an answer that nobody wants any more. */
export function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve(); // it tells of its abort only once
    const timer = setTimeout(resolve, ms);
    stop.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
