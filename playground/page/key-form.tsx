// Asks for an API key where the deployment wants one. It stays in this tab, and goes nowhere but to this server.

import { useState } from 'preact/hooks';

type Props = { readonly onKey: (key: string) => void };

export function KeyForm({ onKey }: Props) {
  const [key, setKey] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    onKey(key);
  };
  return (
    <form class="key-form" onSubmit={submit} data-testid="key-form">
      <label for="api-key">API key</label>
      <input
        id="api-key"
        type="password"
        autocomplete="off"
        value={key}
        onInput={({ currentTarget }) => setKey(currentTarget.value)}
      />
      <button type="submit" class="primary" disabled={key.trim() === ''}>
        Use it
      </button>
      <span class="muted">Kept in this tab only.</span>
    </form>
  );
}
