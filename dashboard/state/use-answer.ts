// An answer of the API as a panel shows it. The last good one stays while the next is on its way or has failed.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { type ApiProblem, callApi } from '../../web/api-client.ts';
import { isRefusal, useAccess } from './access.ts';

export type Loaded<Body> = {
  readonly value: Body | null;
  /** Unix ms of `value`. */
  readonly loadedMs: number | null;
  /** Why the latest attempt failed; null when it did not. */
  readonly problem: ApiProblem | null;
  /** `value` answers another question than the one that is asked now. */
  readonly isOutdated: boolean;
  readonly retry: () => void;
};

type Kept<Body> = Omit<Loaded<Body>, 'retry' | 'isOutdated'> & { readonly path: string | null };

/** @param path - null: nothing is asked */
export function useAnswer<Body>(path: string | null): Loaded<Body> {
  const { key, tick, onRefused } = useAccess();
  const [attempt, setAttempt] = useState(0);
  const [kept, setKept] = useState<Kept<Body>>({ path: null, value: null, loadedMs: null, problem: null });
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    void callApi<Body>({ path, key, signal: abort.signal }).then((answer) => {
      if (abort.signal.aborted) return;
      if (answer.ok) {
        setKept({ path, value: answer.value, loadedMs: Date.now(), problem: null });
        return;
      }
      if (isRefusal(answer.problem)) onRefused(answer.problem);
      setKept((before) => ({ ...before, problem: answer.problem }));
    });
    return () => abort.abort();
  }, [path, key, tick, attempt]);
  const retry = useCallback(() => setAttempt((count) => count + 1), []);
  const { value, loadedMs, problem } = kept;
  return { value, loadedMs, problem, isOutdated: kept.path !== path, retry };
}
