// A component that shows an answer is drawn again once per frame in which the answer changed.

import { useEffect, useState } from 'preact/hooks';
import type { AnswerRun } from './answer-run.ts';
import type { AnswerState } from './answer-state.ts';

export function useAnswer(run: AnswerRun): AnswerState {
  const [, setState] = useState(run.state);
  useEffect(() => {
    setState(run.state); // what changed between the first drawing and this subscription
    return run.subscribe(() => setState(run.state));
  }, [run]);
  return run.state;
}

/** Milliseconds by the page's clock, ten times a second while `isRunning`. */
export function useClock(isRunning: boolean): number {
  const [nowMs, setNowMs] = useState(performance.now());
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => setNowMs(performance.now()), 100);
    return () => clearInterval(timer);
  }, [isRunning]);
  return nowMs;
}
