// The phases in numbers: what each is, its budget, and whether each tier keeps it.

import type { JSX } from 'preact';
import type { Distribution, Phase, PhaseName, Summary, Tier } from '../state/analytics-answers.ts';
import { meets, RENDER_LAG_TARGET } from '../state/targets.ts';
import { formatValue } from '../text/format.ts';
import { PHASE_TEXTS } from '../text/words.ts';

type PhaseLine = {
  readonly name: PhaseName | 'render';
  readonly label: string;
  readonly text: string;
  readonly targetMs: number | null;
  /** p50 and p95 of the edge, then of the cloud. */
  readonly values: readonly (number | null)[];
};

export function PhaseTable({ summary }: { readonly summary: Summary }): JSX.Element {
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Phases in numbers">
      <table>
        <caption class="visually-hidden">Phases of the time to the first token, by tier</caption>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col" class="number">
              Budget
            </th>
            {['Edge p50', 'Edge p95', 'Cloud p50', 'Cloud p95'].map((label) => (
              <th key={label} scope="col" class="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {phaseLines(summary).map((line) => (
            <PhaseRow key={line.name} {...line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function PhaseRow({ name, label, text, targetMs, values }: PhaseLine): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <span class={`phase-dot phase-${name}`} aria-hidden="true" /> {label}
        <span class="row-note">{text}</span>
      </th>
      <td class="number">{targetMs === null ? '–' : formatValue(targetMs, 'ms')}</td>
      {values.map((value, at) => (
        <td key={at} class="number">
          <Judged value={value} targetMs={targetMs} />
        </td>
      ))}
    </tr>
  );
}

type JudgedProps = { readonly value: number | null; readonly targetMs: number | null };

function Judged({ value, targetMs }: JudgedProps): JSX.Element {
  const isMet = meets(value, targetMs === null ? null : { bound: targetMs, side: 'below' });
  return (
    <>
      {formatValue(value, 'ms')}
      <span class="mark-slot over">
        {isMet === false ? (
          <>
            <span aria-hidden="true">✗</span>
            <span class="visually-hidden">over its budget</span>
          </>
        ) : null}
      </span>
    </>
  );
}

function phaseLines(summary: Summary): readonly PhaseLine[] {
  const { edge, cloud } = summary.waterfall;
  const lines = edge.map((phase): PhaseLine => {
    const other = cloud.find(({ phase: name }) => name === phase.phase);
    const values = [...pair(phase), ...(other === undefined ? [null, null] : pair(other))];
    return { name: phase.phase, ...PHASE_TEXTS[phase.phase], targetMs: phase.target_ms, values };
  });
  const lag = (tier: Tier): Distribution => summary.tiers[tier].render_lag_ms;
  return [
    ...lines,
    {
      name: 'render',
      label: 'Render',
      text: 'From a chunk to its painting, where the client reports it.',
      targetMs: RENDER_LAG_TARGET.bound,
      values: [lag('edge'), lag('cloud')].flatMap(({ p50, p95 }) => [p50 ?? null, p95 ?? null]),
    },
  ];
}

function pair({ p50, p95 }: Phase): readonly (number | null)[] {
  return [p50, p95];
}
