// The analytics endpoints' answers, counted out of streams one by one: slow and exact, which is what a fixture is for.

import type {
  Distribution,
  Models,
  Phase,
  PhaseName,
  Quality,
  Quota,
  Routes,
  StreamDetail,
  StreamRow,
  Summary,
  Timeseries,
  Totals,
} from '../../dashboard/state/analytics-answers.ts';

type Dimension = 'tenant' | 'tier' | 'model' | 'provider' | 'chunking';
const DIMENSIONS: readonly Dimension[] = ['tenant', 'tier', 'model', 'provider', 'chunking'];
const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const STEPS_S = [60, 300, 900, 3_600, 21_600, 86_400];
const TARGETS: Readonly<Record<PhaseName, number | null>> = {
  worker: 10,
  admit: 200,
  detour: null,
  model: 1_000,
  hold: 50,
};

const DISTRIBUTIONS: Readonly<Record<string, (stream: StreamRow) => number | null>> = {
  ttft_ms: (stream) => stream.ttft_ms,
  overhead_ms: (stream) => stream.overhead_ms,
  total_ms: (stream) => stream.total_ms,
  tokens_per_second: (stream) => stream.tokens_per_second,
  gap_ms: (stream) => stream.gap?.mean_ms ?? null,
  gap_p95_ms: (stream) => stream.gap?.p95_ms ?? null,
  gap_cv_percent: (stream) => (stream.gap === null ? null : stream.gap.cv * 100),
  render_lag_ms: (stream) => stream.render_lag_ms,
};

export type Asked = { readonly query: URLSearchParams; readonly nowMs: number };

/** The streams of the range that pass the filters, and the range itself. */
export function select(streams: readonly StreamRow[], { query, nowMs }: Asked) {
  const [, count, unit = 'h'] = /^(\d+)([mhd])$/.exec(query.get('range') ?? '1h') ?? [];
  const fromText = query.get('from');
  const toMs = Date.parse(query.get('to') ?? '') || nowMs;
  const fromMs = fromText === null ? toMs - Number(count ?? 1) * (UNIT_MS[unit] ?? 0) : Date.parse(fromText);
  const chosen = streams.filter((stream) => {
    const at = Date.parse(stream.ended_at);
    return at >= fromMs && at < toMs && passes(stream, query);
  });
  return { chosen, fromMs, toMs, from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}

export function passes(stream: StreamRow, query: URLSearchParams): boolean {
  const outcome = query.get('outcome');
  if (outcome !== null && stream.outcome !== outcome) return false;
  return DIMENSIONS.every((dimension) => {
    const wanted = query.get(dimension);
    return wanted === null || wanted.split(',').includes(stream[dimension]);
  });
}

export function summaryOf(streams: readonly StreamRow[], asked: Asked): Summary {
  const { chosen, from, to } = select(streams, asked);
  const group = dimensionOf(asked.query);
  const tier = (name: string): readonly StreamRow[] => chosen.filter((stream) => stream.tier === name);
  return {
    from,
    to,
    totals: totalsOf(chosen),
    tiers: { edge: totalsOf(tier('edge')), cloud: totalsOf(tier('cloud')) },
    active_streams: chosen.length === 0 ? 0 : 14,
    groups:
      group === null
        ? null
        : [...Map.groupBy(chosen, (stream) => stream[group])].map(([name, own]) => ({
            group: name,
            ...totalsOf(own),
          })),
    waterfall: { all: phasesOf(chosen), edge: phasesOf(tier('edge')), cloud: phasesOf(tier('cloud')) },
  };
}

function totalsOf(streams: readonly StreamRow[]): Totals {
  const count = (fits: (stream: StreamRow) => boolean): number => streams.filter(fits).length;
  const sum = (of: (stream: StreamRow) => number): number =>
    streams.reduce((total, stream) => total + of(stream), 0);
  const requests = streams.length;
  const rate = (part: number): number | null => (requests === 0 ? null : part / requests);
  const outcomes = {
    completed: count(({ outcome }) => outcome === 'completed'),
    stopped: count(({ outcome }) => outcome === 'stopped'),
    client_gone: count(({ outcome }) => outcome === 'client_gone'),
    failed: count(({ outcome }) => outcome === 'failed'),
  };
  const cost = sum((stream) => stream.cost_usd);
  const allCloud = sum((stream) => stream.all_cloud_usd);
  const escalations = count((stream) => stream.escalated);
  return {
    requests,
    edge_share: rate(count(({ tier }) => tier === 'edge')),
    outcomes,
    completion_rate: rate(outcomes.completed),
    error_rate: rate(outcomes.failed),
    cancel_rate: rate(outcomes.stopped),
    abandon_rate: rate(outcomes.client_gone),
    reconnect_rate: rate(count((stream) => stream.reconnects > 0)),
    cache_rate: rate(count((stream) => stream.cached)),
    escalations,
    escalation_rate: rate(escalations),
    failovers: count((stream) => stream.failovers > 0),
    continuations: count((stream) => stream.continuations > 0),
    hedges: count((stream) => stream.hedged),
    reconnects: sum((stream) => stream.reconnects),
    followers: sum((stream) => stream.followers),
    tokens: {
      input: sum((stream) => stream.tokens.input),
      output: sum((stream) => stream.tokens.output),
      cached: sum((stream) => stream.tokens.cached),
    },
    cost_usd: cost,
    hidden_usd: sum((stream) => stream.hidden_usd),
    all_cloud_usd: allCloud,
    saved_usd: allCloud - cost,
    saved_share: allCloud === 0 ? null : (allCloud - cost) / allCloud,
    ...(Object.fromEntries(
      Object.entries(DISTRIBUTIONS).map(([name, of]) => [name, distributionOf(streams.map(of))]),
    ) as Pick<
      Totals,
      | 'ttft_ms'
      | 'overhead_ms'
      | 'total_ms'
      | 'tokens_per_second'
      | 'gap_ms'
      | 'gap_p95_ms'
      | 'gap_cv_percent'
      | 'render_lag_ms'
    >),
  };
}

function distributionOf(values: readonly (number | null)[]): Distribution {
  const sorted = values.filter((value) => value !== null).toSorted((left, right) => left - right);
  const at = (share: number): number | null => sorted[Math.floor(share * (sorted.length - 1))] ?? null;
  const mean = sorted.length === 0 ? null : sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  return { count: sorted.length, mean, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function phasesOf(streams: readonly StreamRow[]): readonly Phase[] {
  return (['worker', 'admit', 'detour', 'model', 'hold'] as const).map((phase) => {
    const { p50 = null, p95 = null, mean } = distributionOf(streams.map((stream) => stream.phases[phase]));
    return { phase, p50, p95, mean, target_ms: TARGETS[phase] };
  });
}

export function timeseriesOf(streams: readonly StreamRow[], asked: Asked): Timeseries {
  const { chosen, fromMs, toMs, from, to } = select(streams, asked);
  const step = STEPS_S.find((seconds) => (toMs - fromMs) / seconds / 1_000 <= 180) ?? 86_400;
  const first = Math.floor(fromMs / 1_000 / step) * step;
  const times = Array.from(
    { length: Math.ceil((toMs / 1_000 - first) / step) },
    (_, at) => first + at * step,
  );
  const group = dimensionOf(asked.query);
  const metrics = (asked.query.get('metrics') ?? 'requests').split(',');
  const groups =
    group === null ? new Map([['', chosen]]) : Map.groupBy(chosen, (stream): string => stream[group]);
  return {
    from,
    to,
    step_s: step,
    group_by: group,
    times,
    series: [...groups].map(([name, own]) => {
      const byTime = Map.groupBy(
        own,
        (stream) => Math.floor(Date.parse(stream.ended_at) / 1_000 / step) * step,
      );
      const totals = times.map((time) => totalsOf(byTime.get(time) ?? []));
      return {
        group: name,
        ...Object.fromEntries(metrics.map((metric) => [metric, lineOf(metric, totals)])),
      };
    }),
  };
}

function lineOf(metric: string, totals: readonly Totals[]) {
  if (metric in DISTRIBUTIONS) {
    const found = totals.map((total) => total[metric as 'ttft_ms']);
    return Object.fromEntries(
      (['p50', 'p95', 'p99'] as const).map((name) => [name, found.map((one) => one[name] ?? null)]),
    );
  }
  if (metric in (totals[0]?.outcomes ?? {})) return totals.map((total) => total.outcomes[metric as 'failed']);
  return totals.map((total) => total[metric as 'requests']);
}

export function routesOf(streams: readonly StreamRow[], asked: Asked): Routes {
  const { chosen } = select(streams, asked);
  const names = chosen.flatMap((stream) => stream.signals);
  const checked = chosen.filter((stream) => stream.check !== null);
  const bad = checked.filter((stream) => stream.check === 'bad').length;
  const escalated = chosen.filter((stream) => stream.escalated);
  return {
    requests: chosen.length,
    stages: counted(chosen.map((stream) => stream.stage)).map(([stage, requests]) => ({ stage, requests })),
    reasons: counted(chosen.map((stream) => stream.reason)).map(([reason, requests]) => ({
      reason,
      requests,
    })),
    signals: counted(names.map((name) => name.slice(1))).map(([signal]) => ({
      signal,
      for_edge: names.filter((name) => name === `+${signal}`).length,
      for_cloud: names.filter((name) => name === `-${signal}`).length,
    })),
    probability: Array.from({ length: 20 }, (_, at) => {
      const own = chosen.filter(
        ({ probability }) => probability !== null && Math.floor(probability * 20) === at,
      );
      return {
        from: at / 20,
        to: (at + 1) / 20,
        requests: own.length,
        edge: own.filter(({ tier }) => tier === 'edge').length,
        checked: own.filter(({ check }) => check !== null).length,
        checked_bad: own.filter(({ check }) => check === 'bad').length,
      };
    }),
    overrides: chosen.filter(({ stage }) => stage === 'gate').length,
    checks: { checked: checked.length, bad, bad_rate: checked.length === 0 ? null : bad / checked.length },
    escalations: {
      count: escalated.length,
      rate: chosen.length === 0 ? null : escalated.length / chosen.length,
      hidden_usd: escalated.reduce((sum, stream) => sum + stream.hidden_usd, 0),
    },
  };
}

export function modelsOf(streams: readonly StreamRow[], asked: Asked): Models {
  const { chosen, from, to, fromMs, toMs } = select(streams, asked);
  const models = [...Map.groupBy(chosen, (stream) => stream.model)].flatMap(([model, own]) => {
    const first = own[0];
    if (first === undefined) return [];
    const failures = counted(own.flatMap(({ failure }) => failure ?? [])).map(([code, count]) => ({
      code,
      count,
    }));
    const { tier, provider } = first;
    return [{ ...totalsOf(own), model, tier, provider, share: own.length / chosen.length, failures }];
  });
  const span = toMs - fromMs;
  const turn = (
    share: number,
    from_: 'closed' | 'open' | 'half_open',
    to_: 'closed' | 'open' | 'half_open',
  ) => ({
    at: new Date(fromMs + share * span).toISOString(),
    upstream: 'anthropic/claude-large',
    from: from_,
    to: to_,
    cause: to_ === 'open' ? 'upstream_timeout' : null,
  });
  const isEmpty = chosen.length === 0;
  return {
    from,
    to,
    models: models.toSorted((left, right) => right.requests - left.requests),
    upstreams: models.map(({ model, provider }, at) => ({
      endpoint: provider,
      model,
      state: at === 4 ? 'open' : 'closed',
      cause: at === 4 ? 'upstream_timeout' : null,
      last_failure: at === 4 ? 'upstream_timeout' : null,
      open_until: at === 4 ? new Date(toMs + 20_000).toISOString() : null,
      calls: 40 - at,
      error_rate: at === 4 ? 0.6 : 0,
      first_token_ms: { p50: 180 + at * 70, p95: 420 + at * 190 },
    })),
    turns: isEmpty
      ? []
      : [
          { ...turn(0.72, 'half_open', 'closed'), upstream: 'openai/gpt-large' },
          { ...turn(0.7, 'open', 'half_open'), upstream: 'openai/gpt-large' },
          { ...turn(0.6, 'closed', 'open'), upstream: 'openai/gpt-large', cause: 'upstream_rate_limited' },
          turn(0.35, 'half_open', 'closed'),
          turn(0.33, 'open', 'half_open'),
          turn(0.3, 'half_open', 'open'),
          turn(0.29, 'open', 'half_open'),
          turn(0.25, 'closed', 'open'),
        ],
  };
}

export function qualityOf(streams: readonly StreamRow[], asked: Asked): Quality {
  const { chosen } = select(streams, asked);
  if (chosen.length === 0) {
    return {
      tenant: null,
      feedback: { labels: 0, good_rate: null },
      calibration: [],
      ece: null,
      drift: { psi: null, level: 'unknown', sample: 0, against: 'training_mix' },
      threshold: null,
    };
  }
  return {
    tenant: chosen[0]?.tenant ?? null,
    feedback: { labels: 412, good_rate: 0.87 },
    calibration: [0.35, 0.45, 0.55, 0.65, 0.75, 0.85, 0.95].map((predicted, at) => ({
      from: predicted - 0.05,
      to: predicted + 0.05,
      labels: 12 + at * 15,
      predicted,
      observed: predicted + (at % 2 === 0 ? 0.08 - at / 100 : -0.05),
    })),
    ece: 0.021,
    drift: { psi: 0.08, level: 'stable', sample: 1_240, against: 'own_traffic' },
    threshold: { value: 0.62, basis: 'traffic', reachable: true },
  };
}

export function quotaOf(streams: readonly StreamRow[], { nowMs }: Asked): Quota {
  const endsAt = new Date(nowMs + 5 * 3_600_000).toISOString();
  return {
    tenants: counted(streams.map((stream) => stream.tenant)).map(([tenant], at) => ({
      tenant,
      active_streams: 9 - at * 2,
      limit: 10,
      budget:
        at === 3
          ? null
          : {
              over: 'refuse',
              reserved_usd: 0.02,
              day: { limit_usd: 10, spent_usd: 8.6 - at * 3, ends_at: endsAt },
              month: { limit_usd: at === 1 ? null : 200, spent_usd: 200 - at * 60, ends_at: endsAt },
            },
      refused: at === 0 ? { too_many_streams: 31, budget_spent: 4 } : {},
    })),
  };
}

export function detailOf(stream: StreamRow): StreamDetail {
  const half = stream.total_ms * 0.45;
  const end = stream.tokens.output + 3;
  const cut = Math.floor(end * 0.4);
  return {
    stream,
    timeline: {
      started_at: stream.started_at,
      ended_at: stream.ended_at,
      end_seq: end,
      epochs: 1,
      terminal: { type: 'done', reason: 'stop' },
      events: [
        { type: 'route', seq: 0, tier: stream.tier, model: stream.model },
        { type: 'status', seq: 1, phase: 'generating' },
        { type: 'done', seq: end - 1, reason: 'stop' },
      ],
      deliveries: [
        { kind: 'asked', opened_ms: 0, closed_ms: half, from_seq: 0, to_seq: cut },
        { kind: 'resumed', opened_ms: half + 400, closed_ms: stream.total_ms, from_seq: cut, to_seq: end },
        { kind: 'joined', opened_ms: half * 0.5, closed_ms: stream.total_ms, from_seq: 0, to_seq: end },
      ],
    },
  };
}

function counted(names: readonly string[]): readonly (readonly [string, number])[] {
  return [...Map.groupBy(names, (name) => name)]
    .map(([name, own]) => [name, own.length] as const)
    .toSorted((left, right) => right[1] - left[1]);
}

function dimensionOf(query: URLSearchParams): Dimension | null {
  return DIMENSIONS.find((dimension) => dimension === query.get('group_by')) ?? null;
}
