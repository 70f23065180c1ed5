// The newest streams. Live ones come in at the top; a row opens the stream in detail.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { StreamList, StreamRow } from '../state/analytics-answers.ts';
import { mergeStreams } from '../state/merge-streams.ts';
import { useAnswer } from '../state/use-answer.ts';
import type { ChangeView } from '../state/use-view.ts';
import { filterParams, OUTCOMES, type View } from '../state/view.ts';
import { wordFor } from '../text/words.ts';
import { Choice } from './choice.tsx';
import { Nothing, Panel } from './panel.tsx';
import { StreamTable } from './stream-table.tsx';

/** More rows than this at once make the page slow, and nobody reads them. */
const ROWS_AT_ONCE = 50;
const MOST_ASKED = '200';

const OUTCOME_OPTIONS = [
  { value: 'any', label: 'Any' } as const,
  ...OUTCOMES.map((value) => ({ value, label: wordFor(value) })),
];

type StreamsPanelProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly news: readonly StreamRow[];
};

export function StreamsPanel({ view, change, news }: StreamsPanelProps): JSX.Element {
  const { outcome, filter } = view;
  const query = { limit: MOST_ASKED, ...filterParams(filter), ...(outcome === null ? {} : { outcome }) };
  const list = useAnswer<StreamList>(`/v1/analytics/streams?${new URLSearchParams(query)}`);
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const fresh = outcome === null ? news : news.filter((stream) => stream.outcome === outcome);
  const choice = (
    <Choice
      label="Outcome"
      value={outcome ?? 'any'}
      options={OUTCOME_OPTIONS}
      onChange={(chosen) => change({ outcome: chosen === 'any' ? null : chosen })}
    />
  );
  return (
    <Panel id="streams" title="Newest streams" aside={choice} loaded={list} minHeight={420}>
      {({ data }) => {
        const all = mergeStreams(fresh, data);
        if (all.length === 0)
          return <Nothing>No stream has ended yet, or none that fits the filters.</Nothing>;
        return (
          <>
            <StreamTable
              streams={all.slice(0, rows)}
              shown={view.stream}
              onShow={(stream) => change({ stream })}
            />
            {all.length > rows ? (
              <button type="button" class="more" onClick={() => setRows(rows + ROWS_AT_ONCE * 3)}>
                Show more of {all.length}
              </button>
            ) : null}
          </>
        );
      }}
    </Panel>
  );
}
