// A model server with two speeds: its first token comes fast, or for a share of the calls, drawn from a seed, much
// later. The delays are its own script; it counts the calls that were closed before they had their answer.

import { startHeldUpstream, type HeldCall } from './held-upstream.ts';
import { Random } from './replay-random.ts';

export type TwoSpeeds = {
  readonly url: string;
  readonly calls: readonly HeldCall[];
  /** Calls that the router closed before they were complete. */
  cut(): number;
  /** While it holds, every call is fast. */
  neverSlow(holds: boolean): void;
  dispose(): Promise<void>;
};

export type Speeds = {
  readonly fastMs: number;
  readonly slowMs: number;
  readonly slowShare: number;
  readonly seed: number;
};

export async function startTwoSpeeds({ fastMs, slowMs, slowShare, seed }: Speeds): Promise<TwoSpeeds> {
  const upstream = await startHeldUpstream();
  const random = new Random(seed);
  let isNeverSlow = false;
  let cut = 0;
  upstream.play((call) => {
    const isSlow = random.chance(slowShare) && !isNeverSlow;
    const answer = (): void => {
      call.text('a word');
      call.finish();
    };
    const timer = setTimeout(answer, isSlow ? slowMs : fastMs);
    void call.closed.then((by) => {
      clearTimeout(timer);
      if (by === 'peer') cut++;
    });
  });
  return {
    url: upstream.url,
    calls: upstream.calls,
    cut: () => cut,
    neverSlow: (holds) => {
      isNeverSlow = holds;
    },
    dispose: () => upstream.dispose(),
  };
}
