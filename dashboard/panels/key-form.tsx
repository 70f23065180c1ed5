// Asks for an operator's key when the API wants one, with the API's own words on how to get it.

import type { JSX } from 'preact';
import type { ApiProblem } from '../../web/api-client.ts';

type KeyFormProps = {
  readonly problem: ApiProblem;
  readonly onKey: (key: string) => void;
};

export function KeyForm({ problem, onKey }: KeyFormProps): JSX.Element {
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key')).trim();
    if (key !== '') onKey(key);
  };
  return (
    <section class="panel key-form" aria-labelledby="key-title">
      <h2 id="key-title">An operator’s key is needed</h2>
      <p class="problem" role="alert">
        {problem.message}
      </p>
      <form onSubmit={submit}>
        <label>
          Operator key
          <input type="password" name="key" autocomplete="off" spellcheck={false} required />
        </label>
        <button type="submit" class="primary">
          Show the dashboard
        </button>
      </form>
      <p class="note">The key stays in this tab and is forgotten when it is closed.</p>
    </section>
  );
}
