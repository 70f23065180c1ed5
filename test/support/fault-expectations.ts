// The documented outcome of every cell of the fault matrix, in the words in which `fault-matrix.ts` says what it saw.
// What differs between dialects stands beside the rule with its reason.

import type { Cell } from './fault-matrix.ts';
import { FAULTS_IN_MID_ANSWER, type Fault } from './faults.ts';

/** Without a second model: an honest status before the first byte, the beginning and a code after it. */
const ALONE: Readonly<Record<Fault, string>> = {
  refused: '502 `upstream_unreachable`',
  'dns-failure': '502 `upstream_unreachable`',
  reset: '502 `upstream_unreachable`',
  'status-401': '502 `upstream_denied`',
  'status-429': '503 `upstream_rate_limited`',
  'status-500': '502 `upstream_failed`',
  'status-503': '502 `upstream_failed`',
  'status-529': '503 `upstream_rate_limited`',
  'slow-headers': '504 `upstream_timeout`',
  'stall-before-content': '504 `upstream_timeout`',
  garbage: '502 `upstream_malformed`',
  'web-page': '502 `upstream_failed`',
  'endless-line': '502 `upstream_malformed`',
  gzip: '502 `upstream_malformed`',
  redirect: '502 `upstream_malformed`',
  'empty-answer': '502 `upstream_empty`',
  'error-first': '503 `upstream_rate_limited`',
  'stall-after-content': 'the beginning, then `upstream_timeout`',
  'death-after-tokens': 'the beginning, then `upstream_failed`',
  'early-close': 'the beginning, then `upstream_failed`',
  'truncated-json': 'the beginning, then `upstream_failed`',
  'error-after-tokens': 'the beginning, then `upstream_rate_limited`',
};

const ALONE_BUT: Readonly<Record<string, Partial<Readonly<Record<Fault, string>>>>> = {
  // Its error event says "server_error"; the others' say that they are overloaded.
  openai: {
    'error-first': '502 `upstream_failed`',
    'error-after-tokens': 'the beginning, then `upstream_failed`',
  },
  gemini: {
    'error-first': '502 `upstream_failed`',
    'error-after-tokens': 'the beginning, then `upstream_failed`',
  },
  // An exception of the binding says that something broke, not where; in place of statuses it has codes of its own.
  'workers-ai': {
    refused: '502 `upstream_failed`',
    'dns-failure': '502 `upstream_failed`',
    reset: '502 `upstream_failed`',
    'status-503': '504 `upstream_timeout`',
  },
};

export function expectedAlone({ fault, dialect }: Cell): string {
  return ALONE_BUT[dialect.provider]?.[fault] ?? ALONE[fault];
}

/** With a healthy model of another provider the answer is whole, whatever happened. */
export function expectedBackedUp({ fault }: Cell): string {
  return FAULTS_IN_MID_ANSWER.includes(fault)
    ? 'whole, head names the model asked for, continued'
    : 'whole, head names the fallback, failover';
}
