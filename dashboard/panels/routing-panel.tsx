// Why requests went where they went, how sure the classifier was, and what users thought of it.

import type { JSX } from 'preact';
import { CalibrationPlot } from '../charts/calibration-plot.tsx';
import { ProbabilityHistogram } from '../charts/probability-histogram.tsx';
import { ShareBars } from '../charts/share-bars.tsx';
import { SignalBars } from '../charts/signal-bars.tsx';
import type { Quality, Routes } from '../state/analytics-answers.ts';
import { type Loaded, useAnswer } from '../state/use-answer.ts';
import { questionPath, type View } from '../state/view.ts';
import { formatValue } from '../text/format.ts';
import { wordFor } from '../text/words.ts';
import { Facts, type Fact } from './facts.tsx';
import { Nothing, Panel, StaleMark, Waiting } from './panel.tsx';

const MOST_REASONS = 10;

export function RoutingPanel({ view }: { readonly view: View }): JSX.Element {
  const routes = useAnswer<Routes>(questionPath('routes', view));
  const quality = useAnswer<Quality>(qualityPath(view));
  return (
    <Panel id="routing" title="Routing" loaded={routes} minHeight={560}>
      {(value) => (
        <>
          <Facts facts={routeFacts(value)} />
          <div class="columns">
            <ProbabilityHistogram
              bins={value.probability}
              threshold={quality.value?.threshold?.value ?? null}
            />
            <CalibrationPart quality={quality} />
          </div>
          <div class="columns columns-three">
            <ShareBars
              title="Who decided"
              rows={value.stages.map(({ stage, requests }) => ({ label: wordFor(stage), count: requests }))}
              total={value.requests}
            />
            <ShareBars
              title="Why"
              rows={value.reasons
                .slice(0, MOST_REASONS)
                .map(({ reason, requests }) => ({ label: wordFor(reason), count: requests }))}
              total={value.requests}
            />
            <SignalBars signals={value.signals} />
          </div>
        </>
      )}
    </Panel>
  );
}

function CalibrationPart({ quality }: { readonly quality: Loaded<Quality> }): JSX.Element {
  return (
    <div>
      <h3>Promised and found</h3>
      <StaleMark loaded={quality} />
      {quality.value === null ? (
        <Waiting {...quality} minHeight={250} />
      ) : (
        <CalibrationPlot quality={quality.value} />
      )}
      {quality.value === null ? null : <DriftText drift={quality.value.drift} />}
    </div>
  );
}

const DRIFT_TEXTS = {
  unknown: 'not enough requests yet to tell',
  stable: 'stable',
  watch: 'worth a look: the prompts are changing',
  alarm: 'alarm: these are other prompts than the threshold was chosen for',
} as const;

function DriftText({ drift }: Pick<Quality, 'drift'>): JSX.Element {
  if (drift === null) return <Nothing>Drift: nothing known yet.</Nothing>;
  const against = drift.against === 'own_traffic' ? 'the last days' : 'the training mix';
  const psi = drift.psi === null ? '' : ` (index ${drift.psi.toFixed(2)} against ${against})`;
  return (
    <p class={`note drift-${drift.level}`}>
      Drift: {DRIFT_TEXTS[drift.level]}
      {psi}.
    </p>
  );
}

function routeFacts({ overrides, checks, escalations }: Routes): readonly Fact[] {
  return [
    { label: 'Overrides', value: formatValue(overrides, 'count'), note: 'by a gate or a rule' },
    {
      label: 'Drafts checked',
      value: formatValue(checks.checked, 'count'),
      note: `${formatValue(checks.bad_rate, 'rate')} not good enough`,
    },
    {
      label: 'Escalated',
      value: formatValue(escalations.count, 'count'),
      note: `${formatValue(escalations.rate, 'rate')} of requests`,
    },
    {
      label: 'Paid for unseen calls',
      value: formatValue(escalations.hidden_usd, 'usd'),
      note: 'drafts and second opinions',
    },
  ];
}

/** Quality is one tenant's: with several chosen it is the busiest one's. */
function qualityPath(view: View): string {
  const { tenant, ...others } = view.filter;
  const [first, second] = tenant ?? [];
  const filter = first !== undefined && second === undefined ? view.filter : others;
  return questionPath('quality', { range: view.range, filter });
}
