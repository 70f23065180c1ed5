// Two products in front of one upstream with two speeds, one that hedges and one that does not: the same questions can
// be asked of both in the same run. There is one model, without a fallback, so a hedge is the same model again.

import { firstTokensOf, type Asking, type FirstToken } from './first-tokens.ts';
import { startProduct, testModels } from './product.ts';
import { startTwoSpeeds, type Speeds } from './two-speeds.ts';

/** A first token is late by the p95 of those before it, which is known from twenty on. */
const WARM_UP = 40;

export type HedgingRun = {
  readonly answers: readonly FirstToken[];
  /** At the upstream. */
  readonly calls: number;
  /** Of these, closed before they were complete. */
  readonly cut: number;
};

export type Hedging = {
  /** Resolves when every answer is complete and every call is closed. */
  run(hedges: boolean, asking: Asking): Promise<HedgingRun>;
  dispose(): Promise<void>;
};

export async function startHedging(speeds: Speeds): Promise<Hedging> {
  const upstream = await startTwoSpeeds(speeds);
  const start = (hedge: boolean): ReturnType<typeof startProduct> =>
    startProduct({
      vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
      config: { models: testModels, failover: { fallbacks: { large: [] }, hedge } },
    });
  const plain = await start(false);
  const hedging = await start(true);
  return {
    run: async (hedges, asking) => {
      const { url } = hedges ? hedging : plain;
      upstream.neverSlow(true);
      await firstTokensOf(url, { requests: WARM_UP, atOnce: asking.atOnce });
      upstream.neverSlow(false);
      const [callsBefore, cutBefore] = [upstream.calls.length, upstream.cut()];
      const answers = await firstTokensOf(url, asking);
      await Promise.all(upstream.calls.map(({ closed }) => closed));
      return {
        answers,
        calls: upstream.calls.length - callsBefore,
        cut: upstream.cut() - cutBefore,
      };
    },
    dispose: async () => {
      await plain.dispose();
      await hedging.dispose();
      await upstream.dispose();
    },
  };
}
