// Unpacks the lexicon of an artefact: its hashes ascend, so that only the step to the next one is stored. The low bits of
// a step are as good as random and fill letters evenly; what is above them is mostly small. `train/lexicon-packer.ts`
// is the writer.

import { lettersOf, ZERO } from './letters.ts';
import { LexiconTable } from './lexicon-table.ts';

/** Three letters of 64 hold so many low bits of a step. */
export const RANDOM_BITS = 18;

export type PackedLexicon = {
  /** One letter for each hash. */
  readonly categories: string;
  readonly highSteps: string;
  /** Three letters for each hash. */
  readonly lowSteps: string;
};

export function unpackLexicon(packed: PackedLexicon): LexiconTable {
  const high = lettersOf(packed.highSteps);
  const low = lettersOf(packed.lowSteps);
  const categories = lettersOf(packed.categories);
  const hashes = new Int32Array(high.length);
  let hash = 0;
  for (let entry = 0; entry < hashes.length; entry += 1) {
    const at = 3 * entry;
    const letters = ((low[at] ?? 0) << 12) + ((low[at + 1] ?? 0) << 6) + (low[at + 2] ?? 0);
    hash = (hash + ((high[entry] ?? 0) << RANDOM_BITS) + letters - ZEROS) | 0;
    hashes[entry] = hash;
    categories[entry] = (categories[entry] ?? 0) - ZERO;
  }
  return new LexiconTable(hashes, categories);
}

/** What four letters for 0 add up to. */
const ZEROS = (ZERO << RANDOM_BITS) + (ZERO << 12) + (ZERO << 6) + ZERO;
