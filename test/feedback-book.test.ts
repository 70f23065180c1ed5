// The promise: what somebody says of an answer is joined with its decision whichever comes first, the latest word of a
// kind counts, and what waits is bounded.

import { describe, expect, it } from 'vitest';
import { FeedbackBook, MAX_WAIT_MS } from '../policy/decisions/feedback-book.ts';
import type { Feedback } from '../policy/learning/feedback.ts';
import { aRecord, testDatabase } from './support/route-records.ts';

function thumbs(stream: string, isUp: boolean): Feedback {
  return { kind: 'thumbs', stream, isUp };
}

describe('feedback', () => {
  it('becomes a label with what calibration needs of the decision', () => {
    const table = testDatabase().open();
    const label = new FeedbackBook(table).join(thumbs('a', false), aRecord('a', { rawProbability: 0.6 }), 5);
    expect(label).toEqual({
      feedback: { id: 'a', atMs: 5, kind: 'thumbs', reward: 0, edgeGood: 0 },
      edgeModel: 'edge-small',
      rawProbability: 0.6,
    });
    expect(table.newestLabels(10)).toEqual([label]);
  });

  it('of one kind replaces what was said before, of another kind it does not', () => {
    const table = testDatabase().open();
    const book = new FeedbackBook(table);
    book.join(thumbs('a', false), aRecord('a'), 1);
    book.join(thumbs('a', true), aRecord('a'), 2);
    book.join({ kind: 'regenerate', stream: 'a' }, aRecord('a'), 3);
    const said = table.newestLabels(10).map(({ feedback }) => [feedback.kind, feedback.reward]);
    expect(said).toEqual([
      ['thumbs', 1],
      ['regenerate', 0],
    ]);
  });
});

describe('feedback that comes before its decision', () => {
  it('is joined when the decision comes, also after a restart, and only once', () => {
    const database = testDatabase();
    const before = new FeedbackBook(database.open());
    before.keep(thumbs('a', false), 7);
    before.keep({ kind: 'preferred_tier', stream: 'a', tier: 'cloud' }, 8);
    const restarted = new FeedbackBook(database.open());
    const joined = restarted.arrived(aRecord('a'));
    const again = new FeedbackBook(database.open()).arrived(aRecord('a'));
    expect([joined.map(({ feedback }) => [feedback.kind, feedback.atMs]), again]).toEqual([
      [
        ['thumbs', 7],
        ['preferred_tier', 8],
      ],
      [],
    ]);
    expect(database.count('early_feedback')).toBe(0);
  });

  it('of one kind replaces what was said before', () => {
    const book = new FeedbackBook(testDatabase().open());
    book.keep(thumbs('a', false), 1);
    book.keep(thumbs('a', true), 2);
    expect(book.arrived(aRecord('a')).map(({ feedback }) => feedback.reward)).toEqual([1]);
  });

  it('is refused when a thousand wait, and taken again when those have waited in vain', () => {
    const database = testDatabase();
    const book = new FeedbackBook(database.open());
    const kept = Array.from({ length: 1_001 }, (_, at) => book.keep(thumbs(`s${at}`, true), 0));
    const later = book.keep(thumbs('later', true), MAX_WAIT_MS);
    expect([kept.filter(Boolean).length, kept.at(-1), later]).toEqual([1_000, false, true]);
    expect(database.count('early_feedback')).toBe(1);
  });
});

it('labels are deleted with age, and the oldest of too many', () => {
  const database = testDatabase();
  const book = new FeedbackBook(database.open());
  const DAY_MS = 86_400_000;
  for (let at = 0; at < 20_010; at++) book.join(thumbs(`s${at}`, true), aRecord(`s${at}`), DAY_MS + at);
  book.prune(DAY_MS + 20_010);
  const bounded = database.count('labels');
  book.prune(31 * DAY_MS + 15_000);
  expect([bounded, database.open().newestLabels(30_000)[0]?.feedback.id]).toEqual([20_000, 's15001']);
});
