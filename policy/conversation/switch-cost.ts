// Whether leaving the cloud in the middle of a conversation saves more than it costs.
//
// Each model reads the whole history; what it has read before it reads from its cache, at a fraction of the price.
// With H tokens of history, input prices e and c (edge, cloud), cached share s, and a typical answer of A tokens:
//
//   cost of leaving    = (1 − s) · H · (e + c)              the edge reads it anew, and so does the cloud when it returns
//   saving of a turn   = s · H · (c − e) + A · (c' − e')    with the prices of output c', e'
//   expected turns     = easy turns in a row before this one, at most MAX_EXPECTED_TURNS
//
// and it pays when expected turns × saving > cost. A run of easy turns is expected to last as long again as it has
// lasted, so a single easy turn in a hard session promises nothing, and never switches.

import type { Price } from '../config.ts';
import { TYPICAL_ANSWER_TOKENS } from '../estimate-cost.ts';

export type SwitchScope = {
  readonly historyTokens: number;
  readonly easyTurnsBefore: number;
  readonly edge: Price;
  readonly cloud: Price;
};

/** What a cached input token costs of its price: a tenth to a half at the providers that say so. */
const CACHED_SHARE = 0.25;

/** As far back as turns are weighed again; see replayed-tier.ts. */
const MAX_EXPECTED_TURNS = 4;

export function leavingPays({ historyTokens, easyTurnsBefore, edge, cloud }: SwitchScope): boolean {
  const inputGap = cloud.input_usd_per_mtok - edge.input_usd_per_mtok;
  const outputGap = cloud.output_usd_per_mtok - edge.output_usd_per_mtok;
  const saving = CACHED_SHARE * historyTokens * inputGap + TYPICAL_ANSWER_TOKENS * outputGap;
  const rereadPrice = cloud.input_usd_per_mtok + edge.input_usd_per_mtok;
  const cost = (1 - CACHED_SHARE) * historyTokens * rereadPrice;
  return Math.min(easyTurnsBefore, MAX_EXPECTED_TURNS) * saving > cost;
}
