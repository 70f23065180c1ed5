// There is nothing to see: what would change that.

import type { JSX } from 'preact';
import type { ChangeView } from '../state/use-view.ts';
import type { View } from '../state/view.ts';

type EmptyNoticeProps = { readonly view: View; readonly change: ChangeView };

export function EmptyNotice({ view, change }: EmptyNoticeProps): JSX.Element {
  const hasFilter = Object.keys(view.filter).length > 0;
  return (
    <section class="panel empty" aria-labelledby="empty-title">
      <h2 id="empty-title">{hasFilter ? 'No traffic fits these filters' : 'No traffic yet in this range'}</h2>
      <p>
        Run <code>npm run simulate</code> in a second terminal and watch this page come to life, or ask
        something in the <a href="/">playground</a>.
      </p>
      <p class="empty-actions">
        {hasFilter ? (
          <button type="button" onClick={() => change({ filter: {} })}>
            Clear filters
          </button>
        ) : null}
        <button type="button" onClick={() => change({ range: { type: 'last', span: '30d' } })}>
          Look at 30 days
        </button>
      </p>
    </section>
  );
}
