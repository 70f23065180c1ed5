// The `prompt_budget` section of the configuration: what happens to a history that no allowed model has room for.

import * as v from 'valibot';
import { described, section, sentence } from '../schema-parts.ts';

export const PROMPT_BUDGET = section({
  trim: v.optional(
    v.pipe(
      v.picklist(['history', 'off']),
      described(
        sentence(
          'When a request fits no allowed model: leave out its oldest turns and say so, or refuse it.',
        ),
      ),
    ),
    'history',
  ),
});
