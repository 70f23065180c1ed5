// The page: asks what several panels share, and lays the panels out.

import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { ChartsPanel } from './panels/charts-panel.tsx';
import { EmptyNotice } from './panels/empty-notice.tsx';
import { GroupsPanel } from './panels/groups-panel.tsx';
import { LiveStrip } from './panels/live-strip.tsx';
import { type FilterOptions, PageHeader } from './panels/page-header.tsx';
import { ProvidersPanel } from './panels/providers-panel.tsx';
import { QuotaPanel } from './panels/quota-panel.tsx';
import { RoutingPanel } from './panels/routing-panel.tsx';
import { StreamDrawer } from './panels/stream-drawer.tsx';
import { StreamsPanel } from './panels/streams-panel.tsx';
import { TilesPanel } from './panels/tiles-panel.tsx';
import { WaterfallPanel } from './panels/waterfall-panel.tsx';
import type { Models, Quota, StreamRow, Summary, Timeseries } from './state/analytics-answers.ts';
import { useAnswer } from './state/use-answer.ts';
import { useLive } from './state/use-live.ts';
import type { ChangeView } from './state/use-view.ts';
import { filterParams, questionPath, type View } from './state/view.ts';

type PageProps = {
  readonly view: View;
  readonly change: ChangeView;
  readonly refresh: () => void;
};

const TREND_METRICS =
  'requests,completed,stopped,client_gone,reconnects,edge_share,error_rate,cost_usd,all_cloud_usd,saved_usd,tokens_per_second';

export function Page({ view, change, refresh }: PageProps): JSX.Element {
  const live = useLive(`/v1/analytics/live?${new URLSearchParams(filterParams(view.filter))}`, view.isLive);
  const quota = useAnswer<Quota>('/v1/analytics/quota');
  const options = useFilterOptions(view, quota.value);
  // Live news come every two seconds: they must not draw the charts again.
  const steady = useMemo(() => <SteadyPanels view={view} change={change} />, [view, change]);
  return (
    <>
      <PageHeader view={view} change={change} live={live} options={options} refresh={refresh} />
      <main id="main" tabIndex={-1}>
        <LiveStrip summary={live.summary} />
        {steady}
        <QuotaPanel quota={quota} />
        <StreamsPanel view={view} change={change} news={live.streams} />
      </main>
      <Drawer view={view} change={change} />
    </>
  );
}

function SteadyPanels({ view, change }: Omit<PageProps, 'refresh'>): JSX.Element {
  return (
    <>
      <Overview view={view} change={change} />
      <RoutingPanel view={view} />
      <ProvidersPanel view={view} />
    </>
  );
}

/** What is made of the totals and how they went. */
function Overview({ view, change }: Omit<PageProps, 'refresh'>): JSX.Element {
  const groupBy: Readonly<Record<string, string>> = view.group === null ? {} : { group_by: view.group };
  const summary = useAnswer<Summary>(questionPath('summary', view, groupBy));
  const whole = useAnswer<Timeseries>(
    questionPath('timeseries', view, { metrics: TREND_METRICS, percentiles: '50' }),
  );
  const byTier = useAnswer<Timeseries>(
    questionPath('timeseries', view, {
      metrics: 'requests,ttft_ms',
      percentiles: '50,95',
      group_by: 'tier',
    }),
  );
  return (
    <>
      <TilesPanel summary={summary} trends={{ whole: whole.value, byTier: byTier.value }} />
      {summary.value?.totals.requests === 0 ? <EmptyNotice view={view} change={change} /> : null}
      <ChartsPanel view={view} change={change} whole={whole} byTier={byTier} />
      <GroupsPanel summary={summary} group={view.group} />
      <WaterfallPanel summary={summary} />
    </>
  );
}

function Drawer({ view, change }: Omit<PageProps, 'refresh'>): JSX.Element | null {
  const { stream } = view;
  return stream === null ? null : (
    <StreamDrawer key={stream} id={stream} onClose={() => change({ stream: null })} />
  );
}

const TIERS = ['edge', 'cloud'];
const CHUNKINGS: readonly StreamRow['chunking'][] = ['batched', 'strict', 'whole', 'direct'];

/** What can be filtered for: what the range has, whatever is filtered now. */
function useFilterOptions(view: View, quota: Quota | null): FilterOptions {
  const { value } = useAnswer<Models>(questionPath('models', { range: view.range, filter: {} }));
  const models = value?.models ?? [];
  return {
    tier: TIERS,
    chunking: CHUNKINGS,
    model: [...new Set(models.map(({ model }) => model))],
    provider: [...new Set(models.flatMap(({ provider }) => provider ?? []))],
    tenant: (quota?.tenants ?? []).map(({ tenant }) => tenant),
  };
}
