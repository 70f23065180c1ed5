// What an error of the Workers AI binding means, by the internal code that starts its message ("3040: …").
// The codes are those of Cloudflare's table of Workers AI errors.

import type { FailureCode } from '../../protocol/events.ts';
import { failureOfError } from '../upstream-failure.ts';

const FAILURES: ReadonlyMap<string, FailureCode> = new Map([
  ['3036', 'upstream_rate_limited'], // the account's allocation is used up
  ['3040', 'upstream_rate_limited'], // out of capacity
  ['3007', 'upstream_timeout'],
  ['3008', 'upstream_timeout'], // aborted by the platform, its status is 408 too
  ['3003', 'upstream_rejected'],
  ['3006', 'upstream_rejected'],
  ['3023', 'upstream_rejected'],
  ['3039', 'upstream_rejected'],
  ['3041', 'upstream_rejected'],
  ['3042', 'upstream_rejected'],
  ['5004', 'upstream_rejected'],
  ['5005', 'upstream_rejected'],
  ['5006', 'upstream_rejected'], // the input does not fit the model's schema
  ['5007', 'upstream_rejected'],
  ['5016', 'upstream_rejected'],
  ['5018', 'upstream_rejected'],
  ['5019', 'upstream_rejected'],
]);

const CODE = /\b([35]0\d\d)\b/;

export function failureOfBinding(message: string): FailureCode {
  const code = CODE.exec(message)?.[1];
  return (code === undefined ? undefined : FAILURES.get(code)) ?? failureOfError(message);
}
