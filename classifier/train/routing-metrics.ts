// The figures a router is judged by. Definitions are RouteLLM's: c = share sent to the strong model,
// PGR = (r − r_weak) / (r_strong − r_weak), APGR = ∫ PGR dc, CPT(x) = least c with PGR ≥ x.
// Ties in the demand are served in expectation (linear within the tie), so a coarse score gains nothing by luck.
// `score` is what half the strong model's calls buy: the mean score of the answers at c = 1/2.

import { Bootstrap, percentiles, type Figure, type Interval } from './bootstrap.ts';
import { seededRandom } from './seeded-random.ts';
import { tieEnds } from './tie-ends.ts';

export type RoutingItem = {
  /** Higher = sent to the strong model first. */
  readonly demand: number;
  readonly weak: number;
  readonly strong: number;
};

type Figures<Value> = {
  readonly apgr: Value;
  readonly cpt50: Value;
  readonly cpt80: Value;
  readonly score: Value;
};

export type RoutingFigures = Figures<number>;

export type RoutingIntervals = Figures<Interval>;

const HALF = 0.5;

const SEED = 20261023;

export function routingFigures(items: readonly RoutingItem[]): RoutingFigures {
  const whole = new Uint8Array(items.length).fill(1);
  const curve = curveOf(items);
  return {
    apgr: curve.apgr(whole),
    cpt50: curve.cpt(whole, 0.5),
    cpt80: curve.cpt(whole, 0.8),
    score: curve.score(whole, HALF),
  };
}

/** @param bootstrap of as many prompts as there are items */
export function routingIntervals(items: readonly RoutingItem[], bootstrap: Bootstrap): RoutingIntervals {
  const curve = curveOf(items);
  return {
    apgr: bootstrap.interval(curve.apgr),
    cpt50: bootstrap.interval((weights) => curve.cpt(weights, 0.5)),
    cpt80: bootstrap.interval((weights) => curve.cpt(weights, 0.8)),
    score: bootstrap.interval((weights) => curve.score(weights, HALF)),
  };
}

/** Mean score of one model that answers everything: the routers' ends, c = 0 and c = 1. */
export function singleModelScore(
  items: readonly RoutingItem[],
  model: 'weak' | 'strong',
  bootstrap: Bootstrap,
): Interval {
  const curve = curveOf(items);
  return bootstrap.interval((weights) => curve.score(weights, model === 'weak' ? 0 : 1));
}

export function apgrInterval(items: readonly RoutingItem[]): Interval {
  return new Bootstrap(items.length).interval(apgrFigure(items));
}

/** For those who resample in their own way. */
export function apgrFigure(items: readonly RoutingItem[]): Figure {
  return curveOf(items).apgr;
}

/** How much more APGR `router` has than `rival` on the same prompts in the same order, resampled together. */
export function apgrLead(
  router: readonly RoutingItem[],
  rival: readonly RoutingItem[],
  bootstrap: Bootstrap,
): Interval {
  const [curve, rivalCurve] = [curveOf(router), curveOf(rival)];
  return bootstrap.interval((weights) => curve.apgr(weights) - rivalCurve.apgr(weights));
}

/** A router that draws lots, drawn many times: the mean of each figure and the range its luck moves it in. */
export function randomFigures(items: readonly RoutingItem[], draws: number): RoutingIntervals {
  const random = seededRandom(SEED);
  const drawn = Array.from({ length: draws }, () =>
    routingFigures(items.map((item) => ({ ...item, demand: random() }))),
  );
  const interval = (figure: (figures: RoutingFigures) => number): Interval => {
    const values = drawn.map(figure);
    return { value: values.reduce((sum, value) => sum + value, 0) / draws, ...percentiles(values) };
  };
  return {
    apgr: interval(({ apgr }) => apgr),
    cpt50: interval(({ cpt50 }) => cpt50),
    cpt80: interval(({ cpt80 }) => cpt80),
    score: interval(({ score }) => score),
  };
}

type Curve = {
  readonly apgr: (weights: Uint8Array) => number;
  readonly cpt: (weights: Uint8Array, level: number) => number;
  readonly score: (weights: Uint8Array, share: number) => number;
};

function curveOf(items: readonly RoutingItem[]): Curve {
  const sorted = sortByDemand(items);
  return {
    apgr: (weights) => {
      let area = 0;
      walk(sorted, weights, (from, to) => (area += ((from.pgr + to.pgr) / 2) * (to.share - from.share)));
      return area;
    },
    cpt: (weights, level) => {
      let least = 1;
      walk(sorted, weights, (from, to) => {
        if (from.share >= least || to.pgr < level) return;
        least = from.share + ((level - from.pgr) / (to.pgr - from.pgr)) * (to.share - from.share);
      });
      return least;
    },
    score: (weights, share) => {
      let pgr = 0;
      walk(sorted, weights, (from, to) => {
        if (from.share > share || to.share <= from.share) return;
        const part = (share - from.share) / (to.share - from.share);
        pgr = from.pgr + part * (to.pgr - from.pgr);
      });
      const { size, gain, weak } = totals(sorted, weights);
      return (weak + pgr * gain) / size;
    },
  };
}

/** Columns of the items, the most demanding first. */
type Sorted = {
  /** Where each item stands in the set, and so in the weights. */
  readonly order: Uint32Array;
  readonly gains: Float64Array;
  readonly weak: Float64Array;
  /** Where each run of equal demand ends, exclusive. */
  readonly tieEnds: readonly number[];
};

function sortByDemand(items: readonly RoutingItem[]): Sorted {
  const order = Uint32Array.from(items, (_, index) => index).sort(
    (left, right) => (items[right]?.demand ?? 0) - (items[left]?.demand ?? 0),
  );
  const column = (read: (item: RoutingItem) => number): Float64Array =>
    Float64Array.from(order, (index) => {
      const item = items[index];
      return item === undefined ? 0 : read(item);
    });
  return {
    order,
    gains: column((item) => item.strong - item.weak),
    weak: column((item) => item.weak),
    tieEnds: tieEnds(column((item) => item.demand)),
  };
}

type Point = { readonly share: number; readonly pgr: number };

/** Calls `step` with both ends of each straight piece of the curve. */
function walk(sorted: Sorted, weights: Uint8Array, step: (from: Point, to: Point) => void): void {
  const { order, gains } = sorted;
  const whole = totals(sorted, weights);
  let [size, gain, at] = [0, 0, 0];
  let from: Point = { share: 0, pgr: 0 };
  for (const end of sorted.tieEnds) {
    for (; at < end; at += 1) {
      const weight = weights[order[at] ?? 0] ?? 0;
      size += weight;
      gain += weight * (gains[at] ?? 0);
    }
    const to = { share: size / whole.size, pgr: gain / whole.gain };
    step(from, to);
    from = to;
  }
}

function totals(
  { order, gains, weak }: Sorted,
  weights: Uint8Array,
): { readonly size: number; readonly gain: number; readonly weak: number } {
  let [size, gain, weakSum] = [0, 0, 0];
  for (let at = 0; at < order.length; at += 1) {
    const weight = weights[order[at] ?? 0] ?? 0;
    size += weight;
    gain += weight * (gains[at] ?? 0);
    weakSum += weight * (weak[at] ?? 0);
  }
  return { size, gain, weak: weakSum };
}
