// The strongest wording of a prompt as hashes for the decision log: enough to learn from later, nothing to read.
// Collisions are many: a bucket holds words of every language.

import type { Model } from './model.ts';
import { bucketOf } from './token-hash.ts';

const MAX_HASHES = 16;

/** Hashes of the buckets that weigh most in the text scored last, heaviest first; unsigned, 32 bits. */
export function wordingHashes({ scan, weightSteps }: Model): readonly number[] {
  const heaviest: Heaviest = {
    sizes: new Float64Array(MAX_HASHES),
    buckets: new Int32Array(MAX_HASHES),
    count: 0,
  };
  for (let index = 0; index < scan.bucketCount; index += 1) {
    const bucket = scan.buckets[index] ?? 0;
    insert(heaviest, bucket, Math.abs(weightSteps(bucket)));
  }
  return Array.from(heaviest.buckets.subarray(0, heaviest.count), (bucket) => bucketOf(bucket, -1) >>> 0);
}

type Heaviest = { readonly sizes: Float64Array; readonly buckets: Int32Array; count: number };

/** Keeps both arrays sorted; what is no heavier than the last of a full list is not looked at again. */
function insert(heaviest: Heaviest, bucket: number, size: number): void {
  const { sizes, buckets } = heaviest;
  const full = heaviest.count === MAX_HASHES;
  if (size === 0 || (full && size <= (sizes[MAX_HASHES - 1] ?? 0))) return;
  let place = full ? MAX_HASHES - 1 : heaviest.count;
  for (; place > 0 && (sizes[place - 1] ?? 0) < size; place -= 1) {
    sizes[place] = sizes[place - 1] ?? 0;
    buckets[place] = buckets[place - 1] ?? 0;
  }
  sizes[place] = size;
  buckets[place] = bucket;
  if (!full) heaviest.count += 1;
}
