// The turns of this tab outlive a reload, and nothing else: they are in its session storage. An answer that was still
// running is kept as the place where to read it, and read again from there.

import { AnswerRun } from '../answer/answer-run.ts';
import type { AnswerState } from '../answer/answer-state.ts';
import type { Pace } from '../stream/read-frames.ts';
import { mayPass } from '../stream/stream-follower.ts';
import type { Turn } from './conversation.ts';

const NAME = 'edgeways.playground.turns';

/** A browser gives a page some five million characters; the newest turns are worth more than the oldest. */
const MAX_TURNS = 30;

type KeptRun = { readonly path: string | null; readonly state: AnswerState };
type KeptTurn = { readonly id: number; readonly question: string; readonly runs: readonly KeptRun[] };

export function keepTurns(turns: readonly Turn[]): void {
  const kept: readonly KeptTurn[] = turns.slice(-MAX_TURNS).map(({ id, question, runs }) => ({
    id,
    question,
    runs: runs.map(({ path, state }) => ({ path, state })),
  }));
  try {
    sessionStorage.setItem(NAME, JSON.stringify(kept));
  } catch {
    // Full: the conversation goes on, and the newer half of it survives a reload.
    sessionStorage.removeItem(NAME);
    if (kept.length > 1) keepTurns(turns.slice(-Math.floor(kept.length / 2)));
  }
}

export function keptTurns(key: string | null, pace: Pace): readonly Turn[] {
  try {
    const kept = JSON.parse(sessionStorage.getItem(NAME) ?? '[]') as readonly KeptTurn[];
    return kept.map(({ id, question, runs }) => ({
      id,
      question,
      runs: runs.map((run) => revived(run, key, pace)),
    }));
  } catch {
    // Of another version of this page: a conversation is not worth an error.
    return [];
  }
}

function revived({ path, state }: KeptRun, key: string | null, pace: Pace): AnswerRun {
  // Also one that the network kept this page from reading to its end.
  const isReadable = state.end === null || (state.end.type === 'refused' && mayPass(state.end.problem));
  if (isReadable && path !== null) {
    return new AnswerRun({ type: 'follow', path, key, prefix: state.prefix }, pace);
  }
  const ended: AnswerState = state.end === null ? { ...state, end: { type: 'left' } } : state;
  return new AnswerRun({ type: 'kept', state: ended, path }, pace);
}
