// What an error object inside an answer means. Its text is only looked at for known words, never passed on.

import type { FailureCode } from '../protocol/events.ts';
import { isJsonObject } from '../protocol/json.ts';
import { failureOfStatus } from './provider.ts';

/** Words of servers that speak OpenAI's dialect for "not now". */
const BUSY = /rate.?limit|too many requests|quota|overloaded|capacity|busy/i;
const LATE = /time(?:d)?.?out/i;
/** Of the key, the account or the model's name: another upstream may well take the same request. */
const DENIED = /authentication|api_key|permission|not_found|billing/i;
const REFUSED = /invalid_|context_length|unsupported/i;

/** Smallest HTTP status that is an error; anything lower in a `code` field is not a status. */
const FIRST_ERROR_STATUS = 400;
const LAST_STATUS = 599;

/** `error`: the value of an `error` field: an object with `type`, `code`, `status` and `message`, or a string. */
export function failureOfError(error: unknown): FailureCode {
  if (!isJsonObject(error)) return failureOfWords(typeof error === 'string' ? error : '');
  const words = [error['type'], error['code'], error['message']]
    .filter((word) => typeof word === 'string')
    .join(' ');
  const byWords = failureOfWords(words);
  if (byWords !== 'upstream_failed') return byWords;
  return statusFailure(error['code']) ?? statusFailure(error['status']) ?? byWords;
}

function failureOfWords(words: string): FailureCode {
  if (BUSY.test(words)) return 'upstream_rate_limited';
  if (LATE.test(words)) return 'upstream_timeout';
  if (DENIED.test(words)) return 'upstream_denied';
  return REFUSED.test(words) ? 'upstream_rejected' : 'upstream_failed';
}

function statusFailure(status: unknown): FailureCode | null {
  const isStatus = typeof status === 'number' && status >= FIRST_ERROR_STATUS && status <= LAST_STATUS;
  return isStatus ? failureOfStatus(status) : null;
}
