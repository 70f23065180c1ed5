// The view in the address bar, as state: what changes the view is a step in the history, so Back undoes it.

import { useCallback, useEffect, useState } from 'preact/hooks';
import { formatView, parseView, type View } from './view.ts';

export type ChangeView = (change: Partial<View>) => void;

export function useView(): readonly [View, ChangeView] {
  const [view, setView] = useState(() => parseView(location.search));
  useEffect(() => {
    const follow = (): void => setView(parseView(location.search));
    addEventListener('popstate', follow);
    return () => removeEventListener('popstate', follow);
  }, []);
  const change = useCallback((changed: Partial<View>): void => {
    // The address is the truth: two changes in one turn must not undo each other.
    const next = { ...parseView(location.search), ...changed };
    history.pushState(null, '', `${location.pathname}${formatView(next)}${location.hash}`);
    setView(next);
  }, []);
  return [view, change];
}
