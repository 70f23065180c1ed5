// The head of the page: what is looked at and how. It only changes the view; the panels do the asking.

import type { JSX } from 'preact';
import { THEMES } from '../../web/theme.ts';
import { DIMENSIONS, type Dimension } from '../state/dimensions.ts';
import type { Live } from '../state/use-live.ts';
import type { ChangeView } from '../state/use-view.ts';
import type { View } from '../state/view.ts';
import { wordFor } from '../text/words.ts';
import { Choice } from './choice.tsx';
import { LiveState } from './live-state.tsx';
import { MultiSelect } from './multi-select.tsx';
import { RangePicker } from './range-picker.tsx';

export type FilterOptions = Readonly<Record<Dimension, readonly string[]>>;

type PageHeaderProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly live: Live;
  readonly options: FilterOptions;
  readonly refresh: () => void;
};

const GROUPS = [
  ...DIMENSIONS.map((value) => ({ value, label: wordFor(value) })),
  { value: 'none', label: 'Nothing' } as const,
];

const THEME_OPTIONS = THEMES.map((value) => ({
  value,
  label: `${value[0]?.toUpperCase()}${value.slice(1)}`,
}));

export function PageHeader(props: PageHeaderProps): JSX.Element {
  const { view, change, live, refresh } = props;
  return (
    <header class="page-header">
      <div class="header-row">
        <h1>
          <a href="/dashboard">edgeways</a> <span class="muted">dashboard</span>
        </h1>
        <LiveState live={live} isWanted={view.isLive} onToggle={() => change({ isLive: !view.isLive })} />
        <div class="header-end">
          <button type="button" onClick={refresh}>
            Refresh
          </button>
          <Choice
            label="Theme"
            value={view.theme}
            options={THEME_OPTIONS}
            onChange={(theme) => change({ theme })}
          />
        </div>
      </div>
      <Controls {...props} />
    </header>
  );
}

function Controls({ view, change, options }: PageHeaderProps): JSX.Element {
  const hasFilter = Object.keys(view.filter).length > 0;
  return (
    <div class="header-row controls" role="group" aria-label="What is shown">
      <RangePicker range={view.range} onChange={(range) => change({ range })} />
      {DIMENSIONS.map((dimension) => (
        <MultiSelect
          key={dimension}
          label={wordFor(dimension)}
          options={options[dimension]}
          chosen={view.filter[dimension] ?? []}
          onChange={(values) => change({ filter: withValues(view.filter, dimension, values) })}
        />
      ))}
      {hasFilter ? (
        <button type="button" class="quiet" onClick={() => change({ filter: {} })}>
          Clear filters
        </button>
      ) : null}
      <Choice
        label="Group by"
        value={view.group ?? 'none'}
        options={GROUPS}
        onChange={(group) => change({ group: group === 'none' ? null : group })}
      />
    </div>
  );
}

function withValues(filter: View['filter'], dimension: Dimension, values: readonly string[]): View['filter'] {
  const { [dimension]: _, ...others } = filter;
  return values.length === 0 ? others : { ...others, [dimension]: values };
}
