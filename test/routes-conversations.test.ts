// The promise: conversations that people complain about elsewhere are routed as a reasonable person expects, by the
// shipped configuration and the shipped classifier. Each case names the complaint it answers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { classify } from '../classifier/classify.ts';
import { loadModel } from '../classifier/model.ts';
import { DEFAULT_THRESHOLD } from '../classifier/threshold.ts';
import { userText } from '../classifier/user-text.ts';
import { parseChatRequest } from '../dialects/chat/parse-request.ts';
import { formatProblems, parseConfig } from '../policy/config.ts';
import { estimateInputTokens } from '../policy/estimate-tokens.ts';
import { decideRoute } from '../policy/plan-route.ts';
import type { DecidedRoute, RememberedRoute, RouteQuestion } from '../policy/route/route-question.ts';
import { ask } from './support/route-question.ts';

type Case = {
  readonly name: string;
  /** The complaint. */
  readonly why: string;
  /** As a client sends them; `times` repeats a content, so that long histories stay readable here. */
  readonly messages: readonly { readonly content: string | null; readonly times?: number }[];
  readonly remembered?: { readonly tier: 'edge' | 'cloud'; readonly minutesAgo: number };
  /** The same history was answered at the edge a moment ago. */
  readonly regenerated?: boolean;
  readonly isRetry?: boolean;
  readonly expect: {
    readonly tier: 'edge' | 'cloud' | 'same';
    readonly stage?: string;
    readonly locked?: boolean;
    readonly reason?: string;
  };
};

const ROOT = join(import.meta.dirname, '..');
const NOW_MS = 1_900_000_000_000;
const MINUTE_MS = 60_000;

const CASES = read('test/fixtures/conversations.json') as readonly Case[]; // written for this file
const MODEL = loadModel();
const CONFIG = (() => {
  const parsed = parseConfig(read('edgeways.config.json'));
  if (!parsed.ok) throw new Error(formatProblems(parsed.refusal));
  return parsed.value;
})();

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

function modelOf(tier: 'edge' | 'cloud'): string {
  // The one with tools, so that it can go on with an agent's loop.
  const model = CONFIG.models.find((each) => each.tier === tier && each.capabilities.includes('tools'));
  if (model === undefined) throw new Error(`the shipped configuration has no ${tier} model with tools`);
  return model.id;
}

function questionOf({ messages, isRetry = false }: Case, remembered: RememberedRoute | null): RouteQuestion {
  const body = {
    model: 'auto',
    messages: messages.map(({ times = 1, content, ...message }) => ({
      ...message,
      content: content === null ? null : content.repeat(times),
    })),
  };
  const parsed = parseChatRequest(body, { maxMessages: 1_000 });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal));
  return ask({
    request: parsed.value,
    config: CONFIG,
    inputTokens: estimateInputTokens(parsed.value),
    ownText: userText,
    classification: (turns) => classify(MODEL, turns),
    threshold: DEFAULT_THRESHOLD,
    remembered,
    isRetry,
    nowMs: NOW_MS,
    // Drafts and draws are another matter: here it is about the route alone.
    wishes: { answerCheck: 'off', locality: 'any', maxUsd: null },
  });
}

function decide(question: RouteQuestion): DecidedRoute {
  const decided = decideRoute(question);
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  return decided.value;
}

function rememberedOf(conversation: Case): RememberedRoute | null {
  const { remembered, regenerated = false } = conversation;
  if (regenerated) {
    const { remember } = decide(questionOf(conversation, null));
    return { ...remember, tier: 'edge', model: modelOf('edge'), atMs: NOW_MS - MINUTE_MS };
  }
  if (remembered === undefined) return null;
  const { tier, minutesAgo } = remembered;
  return { tier, model: modelOf(tier), atMs: NOW_MS - minutesAgo * MINUTE_MS, turns: 0, turnHash: 0 };
}

function outcomeOf(conversation: Case): string {
  const remembered = rememberedOf(conversation);
  const { decision } = decide(questionOf(conversation, remembered));
  const { tier, stage, locked, reason } = conversation.expect;
  const shown = tier === 'same' && decision.tier === remembered?.tier ? 'same' : decision.tier;
  const isLocked = decision.reasons.some((each) => each.startsWith('lock:'));
  const parts = [
    `tier ${shown}`,
    ...(stage === undefined ? [] : [`stage ${decision.stage}`]),
    ...(locked === undefined ? [] : [`locked ${isLocked}`]),
    ...(reason === undefined ? [] : [`reason ${decision.reasons[0]}`]),
  ];
  return parts.join(', ');
}

function expectedOf({ expect: { tier, stage, locked, reason } }: Case): string {
  const parts = [
    `tier ${tier}`,
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(locked === undefined ? [] : [`locked ${locked}`]),
    ...(reason === undefined ? [] : [`reason ${reason}`]),
  ];
  return parts.join(', ');
}

describe('conversations', () => {
  it('there are at least forty, and each has a name of its own', () => {
    const names = new Set(CASES.map((conversation) => conversation.name));
    expect([names.size === CASES.length, names.size >= 40]).toEqual([true, true]);
  });

  it.each(CASES.map((conversation) => [conversation.name, conversation] as const))(
    '%s',
    (_name, conversation) => {
      expect(outcomeOf(conversation)).toBe(expectedOf(conversation));
    },
  );
});
