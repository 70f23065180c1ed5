// When the page asks again: on a clock for short ranges, at once when the page is seen again.

import { useCallback, useEffect, useState } from 'preact/hooks';

const REFRESH_MS = 15_000;

/** @returns how often everything was asked again, and what asks now */
export function useRefresh(isWanted: boolean): readonly [number, () => void] {
  const [tick, setTick] = useState(0);
  const refresh = useCallback(() => setTick((count) => count + 1), []);
  useEffect(() => {
    if (!isWanted) return;
    const look = (): void => {
      if (document.visibilityState === 'visible') refresh();
    };
    const timer = setInterval(look, REFRESH_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [isWanted]);
  return [tick, refresh];
}
