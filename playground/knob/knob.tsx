// The knob: how much goes to the cloud. A request cannot turn it, only the operator's configuration can, so this is a
// what-if: the server scores the position on the tenant's own newest decisions.

import { useState } from 'preact/hooks';
import { percent, probability as figure, usd } from '../page/figures.ts';
import { inForce, type Scored, scoreShare, wouldGo } from './routing-figures.ts';
import { useLatest } from './use-latest.ts';

type Props = {
  /** Of the prompt that is being written; null when there is none, or the classifier has no say in it. */
  readonly probability: number | null;
  readonly apiKey: string | null;
  /** Rises with every answer: there is more traffic to score on. */
  readonly turns: number;
};

export function Knob({ probability, apiKey, turns }: Props) {
  const [isOpen, setOpen] = useState(false);
  const [share, setShare] = useState<number | null>(null);
  const asked = isOpen ? `${turns} ${apiKey ?? ''}` : null;
  const now = useLatest(asked, () => inForce(apiKey));
  const position = share ?? Math.round((now?.threshold?.expected.cloud_share ?? 0.5) * 100) / 100;
  const scored = useLatest(asked === null ? null : `${asked} ${position}`, () =>
    scoreShare(position, apiKey),
  );
  return (
    <details class="knob" onToggle={({ currentTarget }) => setOpen(currentTarget.open)} data-testid="knob">
      <summary>The knob: what if more went to the cloud?</summary>
      <label class="knob-slider">
        <span>Share for the cloud</span>
        <input
          type="range"
          min={0}
          max={100}
          value={Math.round(position * 100)}
          data-testid="knob-slider"
          onInput={({ currentTarget }) => setShare(Number(currentTarget.value) / 100)}
        />
        <output>{percent(position)}</output>
      </label>
      <Position scored={scored} probability={probability} />
      {now?.threshold && (
        <p class="muted" data-testid="in-force">
          In force: threshold {figure(now.threshold.value)}; expected{' '}
          {percent(now.threshold.expected.cloud_share)} to the cloud,{' '}
          {percent(now.threshold.expected.quality)} good answers, {usd(now.threshold.expected.usd_per_1k)} for
          1,000 requests.
        </p>
      )}
      <p class="muted">
        A what-if: no request can turn the knob. To make it real, put{' '}
        <code>"routing": {`{ "target": { "cloud_share": ${position} } }`}</code> into edgeways.config.json.
      </p>
    </details>
  );
}

function Position({
  scored,
  probability,
}: {
  readonly scored: Scored | null;
  readonly probability: number | null;
}) {
  if (scored === null) return <p data-testid="knob-says">Asking the router…</p>;
  if (scored.share === undefined) {
    return <p data-testid="knob-says">Ask something first: positions are scored on your own decisions.</p>;
  }
  const { share, threshold, decisions } = scored;
  const tendency = wouldGo(probability, threshold);
  return (
    <p data-testid="knob-says">
      Threshold {figure(threshold ?? 0)}: of your newest {decisions} weighed{' '}
      {decisions === 1 ? 'decision' : 'decisions'}, {percent(share.edge)} edge, {percent(share.cloud)} cloud
      {share.check > 0 && `, ${percent(share.check)} edge after a check`}.{' '}
      {tendency !== 'undecided' && `The prompt below would go to the ${tendency}.`}
    </p>
  );
}
