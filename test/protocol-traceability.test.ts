// docs/protocol.md against the code and the tests: every MUST has a number and a test that exists, and the table of
// errors and the pages' policy are those of the product. It does not look into the tests; breaking the code does.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { toHttpError, type Refusal } from '../protocol/errors.ts';
import type { FailureCode } from '../protocol/events.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/protocol.md`, 'utf8');
const [CONTRACT = '', TABLE = ''] = PAGE.split(/^## Tests$/m);

/** Rule → `test file › test name`, as written. */
const TRACED = new Map(
  [...TABLE.matchAll(/^\| (P-\d\d) \| (.*) \|$/gm)].map(([, rule = '', cell = '']) => [
    rule,
    cell.split('<br>'),
  ]),
);

describe('the contract', () => {
  const rules = [...CONTRACT.matchAll(/^- \*\*(P-\d\d)\*\*/gm)].map(([, rule = '']) => rule);

  it('numbers its rules without a gap', () => {
    expect(rules.length).toBeGreaterThan(40);
    expect(rules).toEqual(rules.map((_, index) => `P-${String(index + 1).padStart(2, '0')}`));
  });

  it('has a number for every MUST', () => {
    const unnumbered = paragraphs(CONTRACT).filter(
      (text) => /\bMUST\b/.test(text) && !/^- \*\*P-\d\d\*\*/.test(text),
    );
    // The introduction speaks of the word itself.
    expect(unnumbered.slice(1)).toEqual([]);
  });

  it('names a test for every rule, and no rule that is not there', () => {
    expect([...TRACED.keys()]).toEqual(rules);
  });

  it('names only tests that exist and run', () => {
    const lost = [...TRACED].flatMap(([rule, tests]) =>
      tests.filter((test) => !isTest(test)).map((test) => `${rule}: ${test}`),
    );
    expect(lost).toEqual([]);
  });

  it('lists every error with its status and type', () => {
    const rows = CONTRACT.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \| `([a-z_]+)` \|$/gm);
    const listed = [...rows].map(([, code, status, type]) => `${code} ${status} ${type}`);
    expect(listed).toEqual(allErrors());
  });

  it('tells the policy that the pages are served with', () => {
    const [, served = ''] =
      /Content-Security-Policy: (.+)/.exec(readFileSync(`${ROOT}web/_headers`, 'utf8')) ?? [];
    const [, told = ''] = /content security policy:\n\n```text\n([^]*?)\n```/.exec(CONTRACT) ?? [];
    expect(told.split('\n')).toEqual(served.split('; '));
  });
});

/** List entries and paragraphs, each on one line. */
function paragraphs(text: string): string[] {
  return text.split(/\n\n|\n(?=- )/).map((part) => part.replaceAll(/\s+/g, ' ').trim());
}

function isTest(reference: string): boolean {
  const [, file = '', name = ''] = /^`(test\/[\w./-]+)` › (.+)$/.exec(reference) ?? [];
  if (!existsSync(ROOT + file)) return false;
  const source = readFileSync(ROOT + file, 'utf8');
  const literals = ["'", '"', '`'].map((quote) => quote + name + quote);
  const at = Math.max(...literals.map((literal) => source.indexOf(literal)));
  // What stands before the name since the last statement: `it(`, or `it.each(…)(`, but not one that is left out.
  const opening = /\bit\b[^;]*\(\s*$/.exec(source.slice(0, Math.max(0, at)))?.[0];
  return name !== '' && opening !== undefined && !/\.(?:skip|todo|only|fails)\b|\bdescribe\b/.test(opening);
}

/** One of each; the compiler asks for those that are missing. */
const REFUSALS: {
  readonly [Reason in Refusal['reason']]: Omit<Extract<Refusal, { reason: Reason }>, 'reason'>;
} = {
  invalid_request: { param: null, message: 'x' },
  invalid_json: {},
  body_too_large: { maxBytes: 1 },
  unsupported_encoding: {},
  unsupported_media_type: {},
  missing_key: {},
  unknown_key: {},
  operator_only: {},
  conflicting_credentials: {},
  bad_ticket: {},
  not_configured: { missing: 'x', remedy: 'x' },
  foreign_host: {},
  foreign_origin: {},
  unknown_route: {},
  method_not_allowed: { allow: 'GET' },
  unknown_model: { model: 'x' },
  unsupported_capability: { model: 'x', capability: 'x' },
  context_too_long: { maxTokens: 1 },
  data_locality: { model: 'x', setting: 'x', missing: null },
  over_budget: { limitUsd: 1, estimatedUsd: 2 },
  rule_conflict: { rule: 'x', model: 'x', missing: 'x' },
  unknown_stream: {},
  bad_cursor: {},
  foreign_cursor: {},
  cursor_ahead: {},
  cursor_lost: {},
  expired: { retentionMs: 1 },
  too_many_streams: { limit: 1, retryAfterMs: 1 },
  too_many_streams_from_address: { limit: 1, retryAfterMs: 1 },
  too_many_requests: { limit: 1, retryAfterMs: 1 },
  too_many_tokens: { limit: 1, retryAfterMs: 1 },
  budget_spent: { period: 'day', limitUsd: 1, leftUsd: 0, estimatedUsd: 2, retryAfterMs: null },
  too_many_followers: { limit: 1, retryAfterMs: 1 },
  idempotency_mismatch: {},
  overloaded: { retryAfterMs: 1 },
  generation_failed: { failure: 'internal', retryAfterMs: null },
};

const FAILURES: { readonly [Code in FailureCode]: true } = {
  upstream_unreachable: true,
  upstream_timeout: true,
  upstream_rejected: true,
  upstream_denied: true,
  upstream_rate_limited: true,
  upstream_failed: true,
  upstream_empty: true,
  upstream_malformed: true,
  answer_too_large: true,
  interrupted: true,
  internal: true,
};

function allErrors(): string[] {
  const refusals = Object.entries(REFUSALS)
    .filter(([reason]) => reason !== 'generation_failed')
    .map(([reason, facts]): Refusal => ({ reason, ...facts }) as Refusal); // each entry is typed by its own reason above
  const failures = Object.keys(FAILURES).map((failure): Refusal => {
    return { reason: 'generation_failed', failure: failure as FailureCode, retryAfterMs: null };
  });
  return [...refusals, ...failures].map((refusal) => {
    const { status, body } = toHttpError(refusal);
    return `${body.error.code} ${status} ${body.error.type}`;
  });
}
