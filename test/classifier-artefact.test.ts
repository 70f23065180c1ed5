// The committed artefact is the one that was evaluated, and the runtime still reads it to the last bit.

import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ARTEFACT, ARTEFACT_SHA256 } from '../classifier/artefact.ts';
import { decodeBase64 } from '../classifier/base64.ts';
import { classify } from '../classifier/classify.ts';
import { type Artefact, decodeModel, loadModel } from '../classifier/model.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { TRAFFIC_PRIOR } from '../classifier/traffic-prior.ts';
import { artefactModule, sha256 } from '../classifier/train/artefact-file.ts';
import type { GoldenPrediction } from '../classifier/train/golden-predictions.ts';
import { packWeights } from '../classifier/train/weight-packer.ts';

/** The whole Worker has to stay below 200 KB compressed. */
const MAX_COMPRESSED_BYTES = 70_000;

const golden = JSON.parse(
  readFileSync(new URL('fixtures/golden-predictions.json', import.meta.url), 'utf8'),
) as readonly GoldenPrediction[];

describe('the committed classifier', () => {
  it('has the bytes its SHA-256 names', () => {
    expect(sha256(ARTEFACT)).toBe(ARTEFACT_SHA256);
  });

  it('is written as the trainer writes it', () => {
    const committed = readFileSync(new URL('../classifier/artefact.ts', import.meta.url), 'utf8');
    expect(artefactModule(ARTEFACT)).toBe(committed);
  });

  it('has its n-gram weights packed as the trainer packs them', () => {
    const { bucketBits, weightSteps } = loadModel();
    const steps = Array.from({ length: 2 ** bucketBits }, (_, bucket) => weightSteps(bucket));
    expect(packWeights(steps)).toEqual(ARTEFACT.wording);
  });

  it('decodes base64 as the platform does', () => {
    const { bytes } = ARTEFACT;
    expect(Buffer.from(decodeBase64(bytes)).equals(Buffer.from(bytes, 'base64'))).toBe(true);
    expect([...decodeBase64('AQI=')]).toEqual([1, 2]);
    expect([...decodeBase64('/+8B/w==')]).toEqual([255, 239, 1, 255]);
  });

  it('stays small enough to ship with the Worker', () => {
    expect(gzipSync(JSON.stringify(ARTEFACT)).byteLength).toBeLessThan(MAX_COMPRESSED_BYTES);
  });

  it('refuses an artefact of another layout, of other features, or with parts missing', () => {
    const { features, trees, wording } = ARTEFACT;
    const refusal = (change: Partial<Artefact>) => () => decodeModel({ ...ARTEFACT, ...change });
    const { pairs, outliers } = wording;
    const cutTrees = { ...trees, sizes: trees.sizes.slice(1) };
    expect(refusal({ layout: 'EWC0' })).toThrow('unknown layout');
    expect(refusal({ features: features + 1 })).toThrow('other features');
    expect(refusal({ wording: { pairs: pairs.slice(1), outliers } })).toThrow('n-gram weights');
    expect(refusal({ wording: { pairs, outliers: outliers.slice(1) } })).toThrow('outliers are missing');
    expect(refusal({ trees: cutTrees })).toThrow('nodes are missing');
    expect(refusal({ bytes: ARTEFACT.bytes.slice(16) })).toThrow('cuts are missing');
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
