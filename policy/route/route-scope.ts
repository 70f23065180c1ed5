// The facts of one routing question that every step looks at: needs, course of the conversation, the rule that
// applies, where the text may go and what the answer may cost. Gathered once; it decides nothing.
// Settings narrow each other: one `edge-only` anywhere wins, and the lowest ceiling of request and configuration.

import type { RoutingRule } from '../config.ts';
import { senseConversation, type Conversation } from '../conversation/sense-conversation.ts';
import { needsOf, type RequestNeeds } from '../request-needs.ts';
import { firstMatch } from '../rules/match-rules.ts';
import type { RouteQuestion } from './route-question.ts';
import { fixedThreshold } from './route-target.ts';

export type RouteScope = {
  readonly question: RouteQuestion;
  readonly needs: RequestNeeds;
  readonly conversation: Conversation;
  /** The configured rule that applies, whatever it says; null = none. */
  readonly rule: RoutingRule | null;
  /** The setting that keeps the request at the edge; null = it may leave. */
  readonly locality: { readonly setting: string | null };
  /** The most that the request may cost, in US dollars; null = no ceiling. */
  readonly ceilingUsd: number | null;
  /** Edge iff calibrated probability ≥ this. */
  readonly threshold: number;
};

export function scopeOf(question: RouteQuestion): RouteScope {
  const { request, config, tenant } = question;
  const needs = needsOf(request, question.inputTokens);
  const conversation = senseConversation(request.messages, question.ownText);
  const lastTurn = conversation.turns.at(-1)?.text ?? '';
  const rule = firstMatch([tenant?.rules ?? [], config.routing.rules], { request, needs, lastTurn });
  return {
    question,
    needs,
    conversation,
    rule,
    locality: { setting: localSetting(question, rule) },
    ceilingUsd: ceilingOf(question),
    threshold: fixedThreshold(question) ?? question.threshold,
  };
}

function localSetting({ config, tenant, wishes }: RouteQuestion, rule: RoutingRule | null): string | null {
  if (config.routing.data_locality === 'edge-only') return 'routing.data_locality';
  if (tenant?.data_locality === 'edge-only') return "the tenant's data_locality";
  if (rule?.then.data_locality === 'edge-only') return `the routing rule '${rule.id}'`;
  return wishes.locality === 'edge-only' ? "the request's own data locality" : null;
}

function ceilingOf({ config, tenant, wishes }: RouteQuestion): number | null {
  const own = tenant?.max_usd_per_request;
  const configured = own === undefined ? config.routing.max_usd_per_request : own;
  const least = Math.min(configured ?? Infinity, wishes.maxUsd ?? Infinity);
  return least === Infinity ? null : least;
}
