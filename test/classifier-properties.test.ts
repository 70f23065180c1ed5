// Whatever arrives is classified: any code units, any length, the same answer every time.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';

const model = loadModel();

/** Any UTF-16 code units, lone surrogates included. */
const codeUnits = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 600 })
  .map((units) => String.fromCharCode(...units));

const anyText = fc.oneof(
  codeUnits,
  fc.string({ unit: 'grapheme', maxLength: 300 }),
  fc.constantFrom('', ' ', '\n\n', '<'),
);

describe('classify', () => {
  it('answers a probability for any turns, and the same one after any other prompt', () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 6 }), anyText, (turns, between) => {
        const first = classify(model, turns);
        classify(model, [between]);
        expect(first.probability).toBeGreaterThanOrEqual(0);
        expect(first.probability).toBeLessThanOrEqual(1);
        expect(classify(model, turns)).toEqual(first);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('gives every model the same answer', () => {
    const texts = ['Hi', 'Prove it', '证明素数有无穷多个', 'a'.repeat(5000)];
    const other = loadModel();
    expect(texts.map((text) => classify(other, [text]))).toEqual(
      texts.map((text) => classify(model, [text])),
    );
  });

  it('takes 100 KB of anything', () => {
    const pieces = ['word ', '好', '<', '\n', '0', '\ud800', 'İ', 'A. ', '</system-reminder>', '{[('];
    const probabilities = pieces.map(
      (piece) => classify(model, [piece.repeat(100_000 / piece.length)]).probability,
    );
    expect(probabilities.every((probability) => probability > 0 && probability < 1)).toBe(true);
  });

  it('treats no turns, blank turns and harness-only turns alike', () => {
    const blank = classify(model, []);
    expect(classify(model, ['   '])).toEqual(blank);
    expect(classify(model, ['<environment_details>cwd: /srv</environment_details>'])).toEqual(blank);
  });
});
