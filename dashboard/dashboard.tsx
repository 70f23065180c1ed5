// The dashboard: what routing saves and what users feel, from the public API alone.
// The view stands in the address, an operator's key in the tab's session, and nothing anywhere else.

import { render, type JSX } from 'preact';
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { type ApiProblem, keepKey, keptKey } from '../web/api-client.ts';
import { applyTheme, onSystemTheme } from '../web/theme.ts';
import { PaintContext } from './charts/paint-context.ts';
import { Page } from './page.tsx';
import { KeyForm } from './panels/key-form.tsx';
import { AccessContext, KEY_NAME } from './state/access.ts';
import { useRefresh } from './state/use-refresh.ts';
import { useView } from './state/use-view.ts';
import { rangeMs, type View } from './state/view.ts';

/** Longer ranges hardly change in a few seconds, and cost more to read. */
const REFRESHED_UP_TO_MS = 86_400_000;

function Dashboard(): JSX.Element {
  const [view, change] = useView();
  const [key, setKey] = useState(() => keptKey(KEY_NAME));
  const [refused, setRefused] = useState<ApiProblem | null>(null);
  const isRefreshed =
    view.isLive && refused === null && rangeMs(view.range, Date.now()) <= REFRESHED_UP_TO_MS;
  const [tick, refresh] = useRefresh(isRefreshed);
  const paint = usePaint(view.theme);
  const onRefused = useCallback((problem: ApiProblem) => setRefused(problem), []);
  const access = useMemo(() => ({ key, tick, onRefused }), [key, tick]);
  const takeKey = (typed: string): void => {
    keepKey(KEY_NAME, typed);
    setKey(typed);
    setRefused(null);
  };
  return (
    <PaintContext.Provider value={paint}>
      <AccessContext.Provider value={access}>
        <a class="skip-link" href="#main">
          Skip to the numbers
        </a>
        {refused === null ? (
          <Page view={view} change={change} refresh={refresh} />
        ) : (
          <main id="main" tabIndex={-1}>
            <h1 class="key-title">edgeways dashboard</h1>
            <KeyForm problem={refused} onKey={takeKey} />
          </main>
        )}
      </AccessContext.Provider>
    </PaintContext.Provider>
  );
}

/** @returns what changes whenever the colours do */
function usePaint(theme: View['theme']): string {
  const [changes, setChanges] = useState(0);
  // While rendering, so that children that paint find the colours in force.
  useMemo(() => applyTheme(theme), [theme]);
  useEffect(() => onSystemTheme(() => setChanges((count) => count + 1)), []);
  return `${theme} ${changes}`;
}

const root = document.querySelector('#app');
if (root !== null) render(<Dashboard />, root);
