// A route can be explained: the signals are exact shares of the logit, named in words, largest first.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { REST_SIGNAL } from '../classifier/signals.ts';

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

  it('add up to the logit, whatever is asked and whatever came before', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 400 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), (turns) => {
        const { logit, probability, signals } = classify(model, turns);
        const sum = signals.reduce((total, { weight }) => total + weight, model.intercept);
        expect(sum).toBeCloseTo(logit, 9);
        expect(probability).toBeCloseTo(1 / (1 + Math.exp(-logit)), 12);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it('add up when the out-of-domain guard speaks', () => {
    const { logit, outOfDomain, signals } = classify(model, [
      'Esango al didazu zer ordutan irekitzen duten museoa larunbatean eta zenbat balio duen sarrerak gaur egun',
    ]);
    expect(outOfDomain).toBe(true);
    expect(signals.reduce((total, { weight }) => total + weight, model.intercept)).toBeCloseTo(logit, 9);
    expect(logit).toBeLessThan(0);
  });

  it('say how much an earlier turn changed', () => {
    const { signals } = classify(model, ['Prove the Riemann mapping theorem', 'go on']);
    const earlier = signals.find(({ name }) => name === 'earlier turns');
    expect(earlier?.weight).toBeLessThan(-0.2);
  });

  it('never quote the prompt', () => {
    const { signals } = classify(model, ['My password is hunter2, is it safe?']);
    const known = [...model.signalNames, 'calibration', 'earlier turns', 'unfamiliar text', REST_SIGNAL];
    expect(signals.every((signal) => known.includes(signal.name))).toBe(true);
  });
});

describe('the features for the decision log', () => {
  it('are at most sixteen 32-bit hashes, the same for the same words in any dress', () => {
    const { features } = classify(model, ['Prove that every compact metric space is separable.']);
    expect(features.length).toBeGreaterThan(4);
    expect(features.length).toBeLessThanOrEqual(16);
    expect(features.every((hash) => Number.isInteger(hash) && hash >= 0 && hash < 2 ** 32)).toBe(true);
    expect(classify(model, ['PROVE that every cоmpact  metric space is separable']).features).toEqual(
      features,
    );
  });

  it('are none for nothing', () => {
    expect(classify(model, ['']).features).toEqual([]);
  });
});

describe('the expected gain', () => {
  it('is a share, and larger where a strong model has something to add', () => {
    const greeting = classify(model, ['Hi, how are you?']).gain;
    const proof = classify(model, ['Prove that the integral of sin(x)/x converges but not absolutely.']).gain;
    expect(greeting).toBeGreaterThanOrEqual(0);
    expect(proof).toBeLessThanOrEqual(1);
    expect(proof - greeting).toBeGreaterThan(0.1);
  });
});
