import { describe, expect, it } from 'vitest';
import { AnswerTally } from '../policy/answer-tally.ts';
import { totalUsage, usageOfParts, type AnswerAccount } from '../protocol/answer-account.ts';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import type { Usage } from '../protocol/usage.ts';

const USAGE: Usage = {
  input_tokens: 7,
  output_tokens: 2,
  cached_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
};
const FINISH: DecodedEvent = { type: 'finish', reason: 'stop', usage: USAGE };

const ONE_CALL: AnswerAccount = { usage: USAGE, calls: [{ model: 'large', usage: USAGE }] };
const PRICES = { large: { inputUsdPerMtok: 1, outputUsdPerMtok: 4 } };

function tally(maxUnits = 1000, account = ONE_CALL): AnswerTally {
  return new AnswerTally({
    acceptedMs: 1000,
    maxUnits,
    account: () => account,
    prices: PRICES,
    isCached: false,
  });
}

describe('the end of an answer', () => {
  it('is done with the usage that the upstream told, and the time of the first token', () => {
    const answer = tally();
    answer.take([{ type: 'text_delta', text: 'Hi' }], 1040);
    expect(answer.take([FINISH], 1100)).toEqual([
      {
        type: 'done',
        finish_reason: 'stop',
        usage: USAGE,
        cost_usd: 15e-6,
        timing: { first_token_ms: 40, total_ms: 100 },
      },
    ]);
  });

  it('is an error when the answer was empty', () => {
    const [end] = tally().take([{ type: 'text_delta', text: '' }, FINISH], 1100);
    expect(end).toMatchObject({ type: 'error', code: 'upstream_empty', partial: false, recoverable: true });
  });

  it('is an error that keeps the partial when the upstream fails after content', () => {
    const events = tally().take(
      [
        { type: 'text_delta', text: 'half' },
        { type: 'failure', code: 'upstream_failed' },
      ],
      1100,
    );
    expect(events).toMatchObject([
      { type: 'text_delta', text: 'half' },
      { type: 'error', code: 'upstream_failed', partial: true },
    ]);
  });

  it('comes at one unit over the limit, not at the limit', () => {
    expect(tally(4).take([{ type: 'text_delta', text: 'four' }], 1)).toHaveLength(1);
    const over = tally(4).take([{ type: 'text_delta', text: 'fiver' }], 1);
    expect(over).toMatchObject([{ type: 'error', code: 'answer_too_large' }]);
  });

  it('keeps nothing that comes after it', () => {
    expect(tally().take([FINISH, { type: 'text_delta', text: 'late' }], 1)).toHaveLength(1);
  });

  it('is done as stopped, with what was produced, when somebody stops it', () => {
    const answer = tally();
    answer.take([{ type: 'text_delta', text: 'half' }], 1040);
    expect(answer.stopped(1060)).toMatchObject({ finish_reason: 'stopped', usage: USAGE });
  });
});

describe('the account of an answer', () => {
  const other: Usage = { ...USAGE, input_tokens: 12, output_tokens: 30 };
  const twoCalls = { usage: USAGE, calls: [...ONE_CALL.calls, { model: 'large', usage: other }] };

  it('has the total beside the usage of the shown answer, and the cost of all', () => {
    const answer = tally(1000, twoCalls);
    answer.take([{ type: 'text_delta', text: 'Hi' }], 1040);
    expect(answer.take([FINISH], 1100)).toMatchObject([
      {
        usage: USAGE,
        usage_total: { input_tokens: 19, output_tokens: 32, estimated: false },
        cost_usd: 147e-6,
      },
    ]);
  });

  it('tells no cost when the price of a model is not known', () => {
    const unpriced = { usage: USAGE, calls: [{ model: 'unpriced', usage: USAGE }] };
    const answer = tally(1000, unpriced);
    answer.take([{ type: 'text_delta', text: 'Hi' }], 1040);
    expect(answer.take([FINISH], 1100)[0]).not.toHaveProperty('cost_usd');
  });

  it('counts what was sent before a restart against the limit, and as content', () => {
    const answer = tally(4);
    answer.countEarlier([{ type: 'text_delta', text: 'four' }]);
    expect([answer.hasContent, answer.take([{ type: 'text_delta', text: 's' }], 1)]).toMatchObject([
      true,
      [{ type: 'error', code: 'answer_too_large', partial: true }],
    ]);
  });
});

describe('the usage of an answer that several calls gave', () => {
  const first: Usage = { ...USAGE, input_tokens: 10, output_tokens: 5, estimated: true };
  const last: Usage = { ...USAGE, input_tokens: 16, output_tokens: 9, cached_tokens: 8 };

  it('has the prompt once and the output of all', () => {
    expect(usageOfParts([first], last)).toEqual({ ...first, output_tokens: 14, estimated: true });
    expect(usageOfParts([], last)).toEqual(last);
  });

  it('is paid for with every prompt', () => {
    const calls = [first, last].map((usage) => ({ model: 'large', usage }));
    expect(totalUsage({ calls })).toMatchObject({ input_tokens: 26, output_tokens: 14 });
    expect(totalUsage({ calls: [] })).toMatchObject({ input_tokens: 0, output_tokens: 0 });
  });
});
