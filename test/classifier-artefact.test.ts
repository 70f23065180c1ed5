// The committed artefact is the one that was evaluated, and the runtime still reads it to the last bit.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ARTEFACT_BASE64, ARTEFACT_SHA256 } from '../classifier/artefact.ts';
import { classify } from '../classifier/classify.ts';
import { decodeBase64, decodeModel, loadModel } from '../classifier/model.ts';
import type { GoldenPrediction } from '../classifier/train/golden-predictions.ts';

/** The whole Worker has to stay below 200 KB compressed, and int8 weights hardly compress. */
const MAX_ARTEFACT_BYTES = 130_000;

const golden = JSON.parse(
  readFileSync(new URL('fixtures/golden-predictions.json', import.meta.url), 'utf8'),
) as readonly GoldenPrediction[];

describe('the committed classifier', () => {
  it('has the bytes its SHA-256 names', () => {
    const digest = createHash('sha256').update(decodeBase64(ARTEFACT_BASE64)).digest('hex');
    expect(digest).toBe(ARTEFACT_SHA256);
  });

  it('decodes base64 as the platform does', () => {
    expect(Buffer.from(decodeBase64(ARTEFACT_BASE64)).equals(Buffer.from(ARTEFACT_BASE64, 'base64'))).toBe(
      true,
    );
    expect([...decodeBase64('AQI=')]).toEqual([1, 2]);
    expect([...decodeBase64('/+8B/w==')]).toEqual([255, 239, 1, 255]);
  });

  it('stays small enough to ship with the Worker', () => {
    expect(decodeBase64(ARTEFACT_BASE64).length).toBeLessThan(MAX_ARTEFACT_BYTES);
  });

  it('refuses an artefact of another layout or another set of features', () => {
    const bytes = decodeBase64(ARTEFACT_BASE64);
    const otherLayout = bytes.slice();
    otherLayout[0] = 0;
    const otherFeatures = bytes.slice();
    otherFeatures[5] = 1;
    expect(() => decodeModel(otherLayout)).toThrow('unknown layout');
    expect(() => decodeModel(otherFeatures)).toThrow('other features');
  });

  it('gives 200 golden predictions exactly', () => {
    const model = loadModel();
    const again = golden.map(({ turns }) => ({ turns, probability: classify(model, turns).probability }));
    expect(golden.length).toBeGreaterThanOrEqual(200);
    expect(again).toEqual(golden);
  });
});
