import { describe, expect, it } from 'vitest';
import { AnswerTally } from '../policy/answer-tally.ts';
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

function tally(maxUnits = 1000): AnswerTally {
  return new AnswerTally({ acceptedMs: 1000, inputTokens: 12, maxUnits });
}

describe('the end of an answer', () => {
  it('is done with the usage that the upstream told, and the time of the first token', () => {
    const answer = tally();
    answer.take([{ type: 'text_delta', text: 'Hi' }], 1040);
    expect(answer.take([FINISH], 1100)).toEqual([
      { type: 'done', finish_reason: 'stop', usage: USAGE, timing: { first_token_ms: 40, total_ms: 100 } },
    ]);
  });

  it('has an estimated usage when the upstream told none', () => {
    const answer = tally();
    answer.take(
      [
        { type: 'text_delta', text: 'twelve chars' },
        { type: 'thinking', text: 'four' },
      ],
      1040,
    );
    const [done] = answer.take([{ type: 'finish', reason: 'length', usage: null }], 1100);
    expect(done).toMatchObject({
      finish_reason: 'length',
      usage: { input_tokens: 12, output_tokens: 4, reasoning_tokens: 1, estimated: true },
    });
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
    expect(answer.stopped(1060)).toMatchObject({
      finish_reason: 'stopped',
      usage: { output_tokens: 1, estimated: true },
    });
  });
});

describe('calls whose answers are not shown', () => {
  const other: Usage = { ...USAGE, input_tokens: 12, output_tokens: 30 };

  it('are in the total beside the usage of the shown answer', () => {
    const answer = tally();
    answer.countHidden([{ model: 'small', usage: other }]);
    answer.take([{ type: 'text_delta', text: 'Hi' }], 1040);
    expect(answer.take([FINISH], 1100)).toMatchObject([
      { usage: USAGE, usage_total: { input_tokens: 19, output_tokens: 32, estimated: false } },
    ]);
  });

  it('are paid for when the answer is stopped while its draft is held, and so is the draft', () => {
    const answer = tally();
    answer.countHeld({ draft: other, hidden: [{ model: 'second', usage: USAGE }] });
    expect(answer.stopped(1100)).toMatchObject({
      finish_reason: 'stopped',
      usage: other,
      usage_total: { input_tokens: 19, output_tokens: 32 },
      timing: { first_token_ms: null },
    });
  });
});
