// The API's words in the words of people. A word that is not listed is shown as it came: it may be newer than this page.

import type { PhaseName } from '../state/analytics-answers.ts';

const WORDS: Readonly<Record<string, string>> = {
  edge: 'Edge',
  cloud: 'Cloud',
  tier: 'Tier',
  model: 'Model',
  provider: 'Provider',
  tenant: 'Tenant',
  chunking: 'Delivery',
  batched: 'Batched',
  strict: 'Strict',
  whole: 'Whole (JSON)',
  direct: 'Direct',
  completed: 'Completed',
  stopped: 'Stopped',
  client_gone: 'Client gone',
  failed: 'Failed',
  closed: 'Closed',
  open: 'Open',
  half_open: 'Half open',
  gate: 'Gate',
  rule: 'Rule',
  conversation: 'Conversation',
  classifier: 'Classifier',
  exploration: 'Exploration',
  answer_check: 'Answer check',
  ttft_ms: 'Time to first token',
  gap_p95_ms: 'Gap between chunks (p95 of each answer)',
  tokens_per_second: 'Tokens per second',
  overhead_ms: 'Our own overhead',
  asked: 'Asked',
  resumed: 'Resumed',
  joined: 'Joined',
  poll: 'Polls',
};

export function wordFor(name: string): string {
  return WORDS[name] ?? name;
}

/** A group of the statistics; the empty one is everything. */
export function groupLabel(group: string): string {
  return group === '' ? 'All' : wordFor(group);
}

export const PHASE_TEXTS: Readonly<Record<PhaseName, { readonly label: string; readonly text: string }>> = {
  worker: { label: 'Worker', text: 'From the request to the plan: reading it, deciding the route.' },
  admit: { label: 'Admit', text: 'From the plan to the first call: limits, budget, the lease.' },
  detour: {
    label: 'Detour',
    text: 'Drafts that were not good enough and models that failed first. 0 for nearly all.',
  },
  model: { label: 'Model', text: 'The model that answered, and the network to it.' },
  hold: { label: 'Hold', text: 'First words held back for a check or until the log had them.' },
};
