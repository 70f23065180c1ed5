// A calibration as it stands in a policy file: what does not rise is refused.

import * as v from 'valibot';

const unit = v.pipe(
  v.number('must be a number'),
  v.minValue(0, 'must be at least 0'),
  v.maxValue(1, 'must be at most 1'),
);

const points = v.pipe(
  v.array(v.strictObject({ raw: unit, calibrated: unit })),
  v.minLength(1, 'must have at least one point'),
  v.check(
    (list) =>
      list.every(({ raw, calibrated }, index) => {
        const before = list[index - 1];
        return before === undefined || (before.raw < raw && before.calibrated <= calibrated);
      }),
    'must rise from point to point',
  ),
  v.readonly(),
);

export const calibrationSchema = v.variant('type', [
  /** As the classifier says it. */
  v.strictObject({ type: v.literal('identity') }),
  v.strictObject({
    type: v.literal('platt'),
    slope: v.pipe(v.number('must be a number'), v.gtValue(0, 'must be more than 0')),
    intercept: v.number('must be a number'),
  }),
  v.strictObject({ type: v.literal('isotonic'), points }),
]);
