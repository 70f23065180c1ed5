// The two kinds of verdict.

import type { DraftFault, DraftVerdict } from '../../protocol/answer-check.ts';

export const GOOD: DraftVerdict = { type: 'good' };

export function bad(fault: DraftFault): DraftVerdict {
  return { type: 'bad', fault };
}
