// The head of the page: where one is, where else one can go, and the colours.

import { useState } from 'preact/hooks';
import { applyTheme, parseTheme, type Theme, THEMES } from '../../web/theme.ts';

type Props = {
  /** Null where there is no conversation to leave. */
  readonly onNewChat: (() => void) | null;
};

const THEME = 'edgeways.theme';

export function PageHeader({ onNewChat }: Props) {
  return (
    <header class="page-header">
      <h1>
        edgeways <span class="muted">playground</span>
      </h1>
      <nav aria-label="Pages">
        {onNewChat !== null && (
          <button type="button" onClick={onNewChat}>
            New chat
          </button>
        )}
        <a href="/dashboard">Dashboard</a>
        <ThemeChoice />
      </nav>
    </header>
  );
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(() => parseTheme(localStorage.getItem(THEME)));
  applyTheme(theme);
  const choose = (text: string): void => {
    localStorage.setItem(THEME, text);
    setTheme(parseTheme(text));
  };
  return (
    <select aria-label="Theme" value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
      {THEMES.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
