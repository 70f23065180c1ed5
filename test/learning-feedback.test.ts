// What people may say of an answer, what it means, and that nothing of theirs is kept but that.

import { describe, expect, it } from 'vitest';
import { type Feedback, feedbackRecord, parseFeedback } from '../policy/learning/feedback.ts';
import type { DraftFault } from '../protocol/answer-check.ts';
import type { Tier } from '../protocol/route.ts';

const STREAM = 's_AAAAAAAAAAAAAAAAAAAAAA.abcdefgh23456723.lq0x1y2z.BBBBBBBBBBBBBBBBBBBBBB';

describe('a feedback', () => {
  it.each<[object, Feedback]>([
    [{ thumbs: 'up' }, { kind: 'thumbs', stream: STREAM, isUp: true }],
    [{ thumbs: 'down' }, { kind: 'thumbs', stream: STREAM, isUp: false }],
    [{ preferred_tier: 'cloud' }, { kind: 'preferred_tier', stream: STREAM, tier: 'cloud' }],
    [{ regenerated: true }, { kind: 'regenerate', stream: STREAM }],
  ])('%j is understood', (said, feedback) => {
    expect(parseFeedback({ stream: STREAM, ...said })).toEqual({ ok: true, value: feedback });
  });

  it.each<[string, unknown, string | null, string]>([
    ['no object', 'up', null, 'The request body must be a JSON object.'],
    ['a list', [], null, 'The request body must be a JSON object.'],
    ['no stream', { thumbs: 'up' }, 'stream', 'stream is required: send x-edgeways-stream of the answer.'],
    [
      'a stream that is no id',
      { stream: 'a b', thumbs: 'up' },
      'stream',
      'stream must be a stream id: send x-edgeways-stream of the answer unchanged.',
    ],
    ['a third thumb', { stream: STREAM, thumbs: 'sideways' }, 'thumbs', 'thumbs must be "up" or "down".'],
    [
      'an unknown tier',
      { stream: STREAM, preferred_tier: 'fog' },
      'preferred_tier',
      'preferred_tier must be "edge" or "cloud".',
    ],
    [
      'not regenerated',
      { stream: STREAM, regenerated: false },
      'regenerated',
      'regenerated must be true: leave it out otherwise.',
    ],
    ['nothing', { stream: STREAM }, 'thumbs', 'Send exactly one of thumbs, preferred_tier and regenerated.'],
    [
      'two things at once',
      { stream: STREAM, thumbs: 'up', regenerated: true },
      'regenerated',
      'Send exactly one of thumbs, preferred_tier and regenerated.',
    ],
    [
      'a comment',
      { stream: STREAM, thumbs: 'up', comment: 'secret' },
      'comment',
      'comment is not taken: no text is stored. Leave it out.',
    ],
    [
      'a misspelt key',
      { stream: STREAM, thumb: 'up' },
      'thumb',
      'thumb is not known here. Known are stream, thumbs, preferred_tier, regenerated.',
    ],
  ])('with %s is refused, saying which field and what to send', (_name, body, param, message) => {
    expect(parseFeedback(body)).toEqual({
      ok: false,
      refusal: { reason: 'invalid_request', param, message },
    });
  });

  it('never repeats what was sent as a value', () => {
    const parsed = parseFeedback({ stream: STREAM, thumbs: 'my secret' });
    expect(JSON.stringify(parsed)).not.toContain('secret');
  });
});

describe('what it means', () => {
  const meaning = (feedback: Feedback, shown: Tier, fault: DraftFault | null = null) => {
    const check = fault === null ? null : { fault, heldMs: 10 };
    const { reward, edgeGood } = feedbackRecord(feedback, { shown, check }, 5);
    return [reward, edgeGood];
  };
  const thumbs = (isUp: boolean): Feedback => ({ kind: 'thumbs', stream: STREAM, isUp });
  const prefers = (tier: Tier): Feedback => ({ kind: 'preferred_tier', stream: STREAM, tier });
  const again: Feedback = { kind: 'regenerate', stream: STREAM };

  it.each<[string, Feedback, Tier, readonly (number | null)[]]>([
    ['praise of an edge answer praises the edge', thumbs(true), 'edge', [1, 1]],
    ['blame of an edge answer blames the edge', thumbs(false), 'edge', [0, 0]],
    ['praise of a cloud answer says nothing of the edge', thumbs(true), 'cloud', [1, null]],
    ['blame of a cloud answer says nothing of the edge', thumbs(false), 'cloud', [0, null]],
    ['the cloud instead of the edge', prefers('cloud'), 'edge', [0, 0]],
    ['the edge, which was shown', prefers('edge'), 'edge', [1, 1]],
    ['the edge would have done', prefers('edge'), 'cloud', [1, 1]],
    ['the cloud was needed', prefers('cloud'), 'cloud', [1, 0]],
    ['asking an edge answer again', again, 'edge', [0, 0]],
    ['asking a cloud answer again', again, 'cloud', [0, null]],
  ])('%s', (_name, feedback, shown, expected) => {
    expect(meaning(feedback, shown)).toEqual(expected);
  });

  it('praise of a cloud answer blames the edge when its draft was withheld for a certain fault', () => {
    expect(meaning(thumbs(true), 'cloud', 'refusal')).toEqual([1, 0]);
    expect(meaning(thumbs(true), 'cloud', 'invalid_json')).toEqual([1, 0]);
  });

  it('but not when it was withheld on a suspicion, or for no fault of the answer', () => {
    const suspicions: readonly DraftFault[] = [
      'disagreement',
      'hedging',
      'low_confidence',
      'timeout',
      'upstream_failed',
    ];
    expect(suspicions.map((fault) => meaning(thumbs(true), 'cloud', fault))).toEqual(
      suspicions.map(() => [1, null]),
    );
  });

  it('the record holds the stream, the time and numbers, nothing else', () => {
    const record = feedbackRecord(thumbs(true), { shown: 'edge', check: null }, 5);
    expect(record).toEqual({ id: STREAM, atMs: 5, kind: 'thumbs', reward: 1, edgeGood: 1 });
  });
});
