// The signals of a decision as signed bars: to the right they speak for the edge, to the left for the cloud.

import type { RouteSignal } from '../stream/wire-events.ts';

type Props = { readonly signals: readonly RouteSignal[] };

export function SignalBars({ signals }: Props) {
  const strongest = Math.max(...signals.map(({ weight }) => Math.abs(weight)), Number.EPSILON);
  return (
    <table class="signals" data-testid="signals">
      <caption>Signals: ◂ cloud · edge ▸</caption>
      <tbody>
        {signals.map(({ name, weight }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td class="signal-cell" aria-hidden="true">
              <div
                class={weight < 0 ? 'signal cloud' : 'signal edge'}
                style={{ width: `${(Math.abs(weight) / strongest) * 50}%` }}
              />
            </td>
            <td class="signal-weight">
              {weight < 0 ? '−' : '+'}
              {Math.abs(weight).toFixed(2)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
