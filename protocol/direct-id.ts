// The name of an answer without a log, for reports. It opens nothing: asking for a stream that has no log would end its
// lease.

import type { Plan } from './plan.ts';

export function directId({ generation }: Pick<Plan, 'generation'>): string {
  return `d_${generation}`;
}
