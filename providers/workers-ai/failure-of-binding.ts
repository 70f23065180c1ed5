// What an error of the Workers AI binding means, by the internal code that starts its message ("3040: …").
// The codes are those of Cloudflare's table of Workers AI errors.

import type { FailureCode } from '../../protocol/events.ts';
import { failureOfError } from '../upstream-failure.ts';

const FAILURES: readonly (readonly [RegExp, FailureCode])[] = [
  [/3021|3036|3040/, 'upstream_rate_limited'], // too many a minute; the allocation is used up; out of capacity
  [/3007|3008/, 'upstream_timeout'], // 3008: aborted by the platform, its status is 408 too
  // The account is blocked, has no right to the model or has not agreed to its terms or paid for it; there is no such model.
  [/3023|3041|3042|5007|5016|5018|5035/, 'upstream_denied'],
  [/3003|3006|3039|5004|5005|5006|5019/, 'upstream_rejected'], // 5006: the input does not fit the model's schema
];

const CODE = /\b[35]0\d\d\b/;

export function failureOfBinding(message: string): FailureCode {
  const code = CODE.exec(message)?.[0] ?? '';
  return FAILURES.find(([codes]) => codes.test(code))?.[1] ?? failureOfError(message);
}
