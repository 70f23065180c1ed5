// Where the time to the first token goes, phase by phase, against the budget of each.

import type { JSX } from 'preact';
import { percent } from '../charts/percent.ts';
import { roundUp, shareOf } from '../charts/scale.ts';
import type { Phase, Summary, Tier } from '../state/analytics-answers.ts';
import { RENDER_LAG_TARGET } from '../state/targets.ts';
import type { Loaded } from '../state/use-answer.ts';
import { formatValue } from '../text/format.ts';
import { PHASE_TEXTS, wordFor } from '../text/words.ts';
import { Nothing, Panel } from './panel.tsx';
import { PhaseTable } from './phase-table.tsx';

const TIERS: readonly Tier[] = ['edge', 'cloud'];
const PERCENTILES = ['p50', 'p95'] as const;

type Bar = {
  readonly label: string;
  readonly parts: readonly { readonly name: string; readonly label: string; readonly ms: number }[];
  readonly totalMs: number;
};

export function WaterfallPanel({ summary }: { readonly summary: Loaded<Summary> }): JSX.Element {
  return (
    <Panel id="waterfall" title="Where the first token's time goes" loaded={summary} minHeight={300}>
      {(value) => <Waterfall summary={value} />}
    </Panel>
  );
}

function Waterfall({ summary }: { readonly summary: Summary }): JSX.Element {
  const bars = TIERS.flatMap((tier) => tierBars(summary, tier));
  const budgetMs = summary.waterfall.all.reduce((sum, phase) => sum + (phase.target_ms ?? 0), 0);
  const budget = budgetMs + RENDER_LAG_TARGET.bound;
  const greatest = Math.max(...bars.map((bar) => bar.totalMs));
  if (greatest === 0) return <Nothing>No answer with content in this range yet.</Nothing>;
  const top = roundUp(Math.max(greatest, budget));
  return (
    <>
      <div class="waterfall" aria-hidden="true">
        {bars.map((bar) => (
          <BarRow key={bar.label} bar={bar} top={top} budget={budget} />
        ))}
      </div>
      <p class="note">
        Dashed: the whole budget, {formatValue(budget, 'ms')}. Each part is the percentile of its own phase,
        so their sum is not exactly the percentile of the whole.
      </p>
      <PhaseTable summary={summary} />
    </>
  );
}

function tierBars(summary: Summary, tier: Tier): readonly Bar[] {
  return PERCENTILES.map((percentile) => {
    const phases = summary.waterfall[tier].map((phase) => partOf(phase, percentile));
    const render = summary.tiers[tier].render_lag_ms[percentile] ?? 0;
    const parts = [...phases, { name: 'render', label: 'Render', ms: render }].filter(({ ms }) => ms > 0);
    const totalMs = parts.reduce((sum, { ms }) => sum + ms, 0);
    return { label: `${wordFor(tier)} ${percentile}`, parts, totalMs };
  });
}

function partOf(phase: Phase, percentile: 'p50' | 'p95'): Bar['parts'][number] {
  return { name: phase.phase, label: PHASE_TEXTS[phase.phase].label, ms: phase[percentile] ?? 0 };
}

type BarRowProps = { readonly bar: Bar; readonly top: number; readonly budget: number };

function BarRow({ bar, top, budget }: BarRowProps): JSX.Element {
  return (
    <div class="bar-row">
      <span class="bar-label">{bar.label}</span>
      <span class="bar-track">
        {bar.parts.map(({ name, label, ms }) => (
          <span
            key={name}
            class={`bar-part phase-${name}`}
            style={{ width: percent(shareOf(ms, top)) }}
            title={`${label} ${formatValue(ms, 'ms')}`}
          />
        ))}
        <span class="bar-mark" style={{ left: percent(shareOf(budget, top)) }} />
      </span>
      <span class="number">{bar.totalMs === 0 ? '–' : formatValue(bar.totalMs, 'ms')}</span>
    </div>
  );
}
