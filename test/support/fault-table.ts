// What was seen in the fault matrix as the page of the documentation.

import { DIALECT_SCRIPTS } from './faulty-upstream.ts';
import type { SeenCell } from './fault-matrix.ts';
import { FAULTS, type Fault } from './faults.ts';

export const FAULT_PAGE = new URL('../../docs/fault-matrix.md', import.meta.url);

const IN_WORDS: Readonly<Record<Fault, string>> = {
  refused: 'connection refused',
  'dns-failure': 'name does not resolve',
  reset: 'reset before the head',
  'status-401': 'status 401',
  'status-429': 'status 429 with `retry-after`',
  'status-500': 'status 500',
  'status-503': 'status 503',
  'status-529': 'status 529',
  'slow-headers': 'head never comes',
  'stall-before-content': 'head, then silence',
  garbage: 'an event that is no JSON',
  'web-page': 'a web page instead of events',
  'endless-line': 'a line without an end',
  gzip: 'compressed body',
  redirect: 'redirect',
  'empty-answer': 'an end without an answer',
  'error-first': 'error event first',
  'stall-after-content': 'silence in mid-answer',
  'death-after-tokens': 'reset in mid-answer',
  'early-close': 'closed in mid-answer, as if complete',
  'truncated-json': 'closed within an event',
  'error-after-tokens': 'error event in mid-answer',
};

const INTRODUCTION = `# What a client sees when an upstream fails

Made by \`node scripts/fault-matrix.ts\`: the running product, the official \`openai\` package streaming through it, and
a server that speaks each provider's dialect over real HTTP and fails in each way. \`test/fault-matrix.e2e.test.ts\` runs
the same and fails when this page says something else.

The codes are those of [protocol.md](protocol.md). Workers AI is called over its binding: it has neither redirects nor
encodings (–), and in place of a status it throws an error with one of its own codes: 3023 for 401, 3040 for 429, 3043
for 500, 3007 for 503, 3036 for 529.

## No other model, \`on_upstream_loss: "error"\`

Before the first byte a status and a code; after it the beginning of the answer, which stays valid, then a code.
`;

const BACKED_UP = `
## A healthy model of another provider among the \`failover.fallbacks\`

Which model the header \`x-edgeways-model\` names, and the reasons of the \`route_changed\` events in the log.
`;

export function faultPage(seen: readonly SeenCell[]): string {
  const alone = table(seen, (cell) => cell.alone);
  const backedUp = table(seen, (cell) => cell.backedUp);
  return `${INTRODUCTION}\n${alone}${BACKED_UP}\n${backedUp}`;
}

function table(seen: readonly SeenCell[], words: (cell: SeenCell) => string): string {
  const rows = FAULTS.map((fault) => {
    const cells = DIALECT_SCRIPTS.map((dialect) => {
      const cell = seen.find((one) => one.fault === fault && one.dialect === dialect);
      return cell === undefined ? '–' : words(cell);
    });
    return row([IN_WORDS[fault], ...cells]);
  });
  const titles = DIALECT_SCRIPTS.map(({ title }) => title);
  return [row(['the upstream', ...titles]), row(['---', ...titles.map(() => '---')]), ...rows, ''].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
