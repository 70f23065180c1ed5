// The committed artefact is the one that was evaluated, and the runtime still reads it to the last bit.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ARTEFACT_BASE64, ARTEFACT_SHA256, ARTEFACT_WORDING } from '../classifier/artefact.ts';
import { decodeBase64 } from '../classifier/base64.ts';
import { classify } from '../classifier/classify.ts';
import { decodeModel, loadModel } from '../classifier/model.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { TRAFFIC_PRIOR } from '../classifier/traffic-prior.ts';
import type { GoldenPrediction } from '../classifier/train/golden-predictions.ts';

/** The whole Worker has to stay below 200 KB compressed. */
const MAX_COMPRESSED_BYTES = 85_000;

const golden = JSON.parse(
  readFileSync(new URL('fixtures/golden-predictions.json', import.meta.url), 'utf8'),
) as readonly GoldenPrediction[];

describe('the committed classifier', () => {
  it('has the bytes its SHA-256 names', () => {
    const digest = createHash('sha256')
      .update(decodeBase64(ARTEFACT_BASE64))
      .update(ARTEFACT_WORDING)
      .digest('hex');
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
    const compressed = gzipSync(ARTEFACT_BASE64 + ARTEFACT_WORDING).byteLength;
    expect(compressed).toBeLessThan(MAX_COMPRESSED_BYTES);
  });

  it('refuses an artefact of another layout, of other features, or without its n-gram weights', () => {
    const bytes = decodeBase64(ARTEFACT_BASE64);
    const otherLayout = bytes.slice();
    otherLayout[0] = 0;
    const otherFeatures = bytes.slice();
    otherFeatures[5] = 1;
    expect(() => decodeModel({ bytes: otherLayout, wording: ARTEFACT_WORDING })).toThrow('unknown layout');
    expect(() => decodeModel({ bytes: otherFeatures, wording: ARTEFACT_WORDING })).toThrow('other features');
    expect(() => decodeModel({ bytes, wording: ARTEFACT_WORDING.slice(1) })).toThrow('n-gram weights');
  });

  it('gives 200 golden predictions exactly', () => {
    const model = loadModel();
    const again = golden.map(({ turns }) => {
      const { probability, gain, outOfDomain } = classify(model, turns);
      return { turns, probability, gain, outOfDomain };
    });
    expect(golden.length).toBeGreaterThanOrEqual(200);
    expect(again).toEqual(golden);
  });

  it('comes with a prior of its probabilities: ascending, on both sides of the threshold', () => {
    expect(TRAFFIC_PRIOR.length).toBe(101);
    expect(TRAFFIC_PRIOR.toSorted((left, right) => left - right)).toEqual(TRAFFIC_PRIOR);
    expect(TRAFFIC_PRIOR[10]).toBeLessThan(DEFAULT_THRESHOLD);
    expect(TRAFFIC_PRIOR[90]).toBeGreaterThan(DEFAULT_THRESHOLD);
  });
});
