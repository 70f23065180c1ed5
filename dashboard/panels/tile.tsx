// One number that matters, with its target and how it went. `data-value` is the number as the API gave it.

import type { JSX } from 'preact';
import type { ColourName } from '../charts/chart-line.ts';
import { Sparkline } from '../charts/sparkline.tsx';
import type { Values } from '../state/analytics-answers.ts';
import type { Target } from '../state/targets.ts';
import { formatValue, type Unit } from '../text/format.ts';
import { Verdict } from './verdict.tsx';

export type TileSpec = {
  readonly id: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: Unit;
  readonly note?: string;
  readonly target?: Target;
  readonly values?: Values;
  readonly colour?: ColourName;
};

export function Tile({ id, label, value, unit, note, target, values, colour }: TileSpec): JSX.Element {
  return (
    <div class="tile" data-tile={id} data-value={value ?? ''}>
      <dt>{label}</dt>
      <dd class="tile-value">{formatValue(value, unit)}</dd>
      <dd class="tile-note">
        {target === undefined ? (note ?? '\u00A0') : <Verdict value={value} target={target} unit={unit} />}
      </dd>
      <dd class="tile-line">
        {values === undefined ? null : (
          <Sparkline values={values} {...(colour === undefined ? {} : { colour })} />
        )}
      </dd>
    </div>
  );
}
