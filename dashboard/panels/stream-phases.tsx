// The phases of one stream up to its first content, one after the other.

import type { JSX } from 'preact';
import { percent } from '../charts/percent.ts';
import { shareOf } from '../charts/scale.ts';
import type { PhaseName, StreamRow } from '../state/analytics-answers.ts';
import { formatValue } from '../text/format.ts';
import { PHASE_TEXTS } from '../text/words.ts';

const ORDER: readonly PhaseName[] = ['worker', 'admit', 'detour', 'model', 'hold'];

export function StreamPhases({ phases }: Pick<StreamRow, 'phases'>): JSX.Element {
  const lengths = ORDER.map((phase) => phases[phase] ?? 0);
  const total = lengths.reduce((sum, ms) => sum + ms, 0);
  const startOf = (at: number): number => lengths.slice(0, at).reduce((sum, ms) => sum + ms, 0);
  return (
    <table class="bars">
      <caption class="visually-hidden">Phases until the first content</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Phase</th>
          <th scope="col">Bar</th>
          <th scope="col">Time</th>
        </tr>
      </thead>
      <tbody>
        {ORDER.map((phase, at) => (
          <tr key={phase}>
            <th scope="row" title={PHASE_TEXTS[phase].text}>
              {PHASE_TEXTS[phase].label}
            </th>
            <td class="bar-cell" aria-hidden="true">
              <span
                class={`bar phase-${phase}`}
                style={{
                  marginLeft: percent(shareOf(startOf(at), total)),
                  width: percent(shareOf(lengths[at] ?? 0, total)),
                }}
              />
            </td>
            <td class="number">{formatValue(phases[phase], 'ms')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
