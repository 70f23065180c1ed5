// The numbers at a glance.

import type { JSX } from 'preact';
import type { Summary } from '../state/analytics-answers.ts';
import type { Loaded } from '../state/use-answer.ts';
import { StaleMark, Waiting } from './panel.tsx';
import { Tile } from './tile.tsx';
import { tileSpecs, type TileTrends } from './tile-specs.ts';

/** As many as there are tiles. */
const SKELETONS = 14;

/** Two rows of tiles. */
const HEIGHT = 280;

type TilesPanelProps = { readonly summary: Loaded<Summary>; readonly trends: TileTrends };

export function TilesPanel({ summary, trends }: TilesPanelProps): JSX.Element {
  const { value, problem, isOutdated } = summary;
  return (
    <section class="glance" aria-labelledby="tiles-title" aria-busy={isOutdated && problem === null}>
      <h2 id="tiles-title" class="visually-hidden">
        At a glance
      </h2>
      <StaleMark loaded={summary} />
      {value === null && problem !== null ? (
        <Waiting problem={problem} retry={summary.retry} minHeight={HEIGHT} />
      ) : null}
      {value === null && problem === null ? (
        <div class="tiles">
          {Array.from({ length: SKELETONS }, (_, at) => (
            <div key={at} class="tile skeleton" />
          ))}
        </div>
      ) : null}
      {value === null ? null : (
        <dl class={isOutdated || problem !== null ? 'tiles stale' : 'tiles'}>
          {tileSpecs(value, trends).map((spec) => (
            <Tile key={spec.id} {...spec} />
          ))}
        </dl>
      )}
    </section>
  );
}
