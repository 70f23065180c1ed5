// The answer that is shown: the planned model's, or that of a checked draft, kept alive by the other candidates.
// Invariant: `onRouted` is called once, before the first events come out.

import type { AnswerAccount } from '../protocol/answer-account.ts';
import type { AnswerCheckPlan } from '../protocol/answer-check.ts';
import { NOTHING_PRODUCED } from '../protocol/produced-units.ts';
import { estimatedUsage } from '../protocol/usage.ts';
import type { AnswerTimes } from '../policy/analytics/record-generation.ts';
import { candidatesFrom, plannedCandidate } from './answer-candidates.ts';
import { CheckedAnswer, type ShownAnswerOptions } from './checked-answer.ts';
import type { Batches } from './draft-call.ts';
import { cachedBatches } from './kept-answer.ts';
import { LastingAnswer } from './lasting-answer.ts';

export class ShownAnswer {
  readonly #options: ShownAnswerOptions;
  #answer: LastingAnswer | CheckedAnswer | null = null;

  constructor(options: ShownAnswerOptions) {
    this.#options = options;
  }

  /** The first read must come before any storage write of the same turn: outbound calls wait for pending commits. */
  batches(): Batches {
    const { plan, onRouted } = this.#options;
    if (plan.cached !== null) {
      onRouted({ decision: plan.decision, check: null });
      return cachedBatches(plan.cached);
    }
    if (plan.answerCheck !== null) return this.#checkedBatches(plan.answerCheck);
    // Nearly every answer: nothing is waited for.
    onRouted({ decision: plan.decision, check: null });
    const answer = new LastingAnswer({
      ...this.#options,
      candidates: [plannedCandidate(plan), ...plan.failover.fallbacks],
    });
    this.#answer = answer;
    return answer.batches();
  }

  /** Goes on with an answer that a restart has cut after content was shown; `model` gave its last part. */
  batchesAfterRestart(model: string): Batches {
    const { plan, onRouted } = this.#options;
    onRouted({ decision: plan.decision, check: null });
    const answer = new LastingAnswer({ ...this.#options, candidates: candidatesFrom(plan, model) });
    this.#answer = answer;
    return answer.goOnAfterRestart();
  }

  /** When it is worth asking again, after an answer that never began; null when nobody said. */
  get retryAfterMs(): number | null {
    return this.#answer?.retryAfterMs ?? null;
  }

  /** When its calls were made; null: nobody was called. */
  get times(): AnswerTimes | null {
    return this.#answer?.times ?? null;
  }

  /** What was used so far, also by calls that nobody sees. */
  get account(): AnswerAccount {
    if (this.#answer !== null) return this.#answer.account;
    const { cached, inputTokens } = this.#options.plan;
    const usage = cached?.usage ?? estimatedUsage(inputTokens, NOTHING_PRODUCED);
    return { usage, calls: [] };
  }

  async *#checkedBatches(check: AnswerCheckPlan): Batches {
    const checked = new CheckedAnswer(this.#options, check);
    this.#answer = checked;
    try {
      yield* checked.batches();
    } finally {
      await checked.close();
    }
  }
}
