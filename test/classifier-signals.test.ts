// A route can be explained: the signals are exact shares of the logit, named in words, largest first.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { scoreText } from '../classifier/score.ts';

const model = loadModel();

describe('the signals of a classification', () => {
  it('name what is asked for', () => {
    const names = classify(model, ['Prove that √2 is irrational.']).signals.map((signal) => signal.name);
    expect(names).toContain('asks for a proof');
  });

  it('come largest first, at most eight, none twice', () => {
    const { signals } = classify(model, [
      'Hi',
      'Debug this deadlock:\n```\nmutex.lock();\n```\nand prove 3 + 4 = 7?',
    ]);
    const sizes = signals.map((signal) => Math.abs(signal.weight));
    expect(sizes).toEqual(sizes.toSorted((left, right) => right - left));
    expect(signals.length).toBeLessThanOrEqual(8);
    expect(new Set(signals.map((signal) => signal.name)).size).toBe(signals.length);
  });

  it('are shares that add up to the logit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const logit = scoreText(model, text);
        const shares = model.contributions.reduce((sum, share) => sum + share, 0);
        expect(model.intercept + shares).toBeCloseTo(logit, 9);
      }),
      { numRuns: 200, seed: 5 },
    );
  });

  it('say how much an earlier turn changed', () => {
    const { signals } = classify(model, ['Prove the Riemann mapping theorem', 'go on']);
    expect(signals[0]?.name).toBe('earlier turns');
    expect(signals[0]?.weight).toBeLessThan(0);
  });

  it('never quote the prompt', () => {
    const { signals } = classify(model, ['My password is hunter2, is it safe?']);
    const known = [...model.signalNames, 'earlier turns'];
    expect(signals.every((signal) => known.includes(signal.name))).toBe(true);
  });
});
