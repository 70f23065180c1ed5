// Which configured rule applies to a request: the first one whose conditions all hold, the tenant's before the
// deployment's. Only the person's last turn is searched, in a bounded part of it, and all phrases of a list in one
// pass. It says what applies; what follows from it is decided in plan-route.ts.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { RoutingRule } from '../config.ts';
import type { RequestNeeds } from '../request-needs.ts';
import { PhraseMatcher, type FoundPhrases } from './phrase-matcher.ts';
import { scriptOf } from './script-of.ts';
import { searchedText } from './searched-text.ts';

/** What rules may ask about a request. */
export type RuleFacts = {
  readonly request: ChatRequest;
  readonly needs: RequestNeeds;
  /** The person's own words of the last user turn. */
  readonly lastTurn: string;
};

type Rules = readonly RoutingRule[];
type Conditions = RoutingRule['when'];

/** A list of rules made ready for searching: each rule's phrases by their number in the matcher. */
type CompiledRules = {
  readonly matcher: PhraseMatcher | null;
  readonly numbers: ReadonlyMap<RoutingRule, readonly number[]>;
};

/** One per list of the configuration, which lives as long as the isolate. Not request state. */
const compiledRules = new WeakMap<Rules, CompiledRules>();

/** @param lists - in the order of their precedence */
export function firstMatch(lists: readonly Rules[], facts: RuleFacts): RoutingRule | null {
  const text = new SearchedTurn(facts.lastTurn);
  for (const rules of lists) {
    const compiled = compile(rules);
    const rule = rules.find((each) => matchesRequest(each.when, facts) && text.matches(each, compiled));
    if (rule !== undefined) return rule;
  }
  return null;
}

/** The last turn, folded and searched only when a rule asks for it, and then once for each list. */
class SearchedTurn {
  readonly #turn: string;
  readonly #found = new Map<PhraseMatcher, FoundPhrases>();
  #text: string | null = null;

  constructor(turn: string) {
    this.#turn = turn;
  }

  matches(rule: RoutingRule, { matcher, numbers }: CompiledRules): boolean {
    const { scripts, contains_any: phrases, whole_words: wholeWords = false } = rule.when;
    if (scripts !== undefined) {
      const script = scriptOf(this.#searched());
      if (script === null || !scripts.includes(script)) return false;
    }
    if (phrases === undefined) return true;
    if (matcher === null) return false;
    const found = this.#find(matcher);
    const hits = wholeWords ? found.asWord : found.anywhere;
    return (numbers.get(rule) ?? []).some((number) => hits.has(number));
  }

  #find(matcher: PhraseMatcher): FoundPhrases {
    const known = this.#found.get(matcher) ?? matcher.find(this.#searched());
    this.#found.set(matcher, known);
    return known;
  }

  #searched(): string {
    this.#text ??= searchedText(this.#turn);
    return this.#text;
  }
}

function compile(rules: Rules): CompiledRules {
  const known = compiledRules.get(rules);
  if (known !== undefined) return known;
  const phrases: string[] = [];
  const numbers = new Map<RoutingRule, readonly number[]>();
  for (const rule of rules) {
    const folded = (rule.when.contains_any ?? []).map(searchedText);
    numbers.set(
      rule,
      folded.map((_, at) => phrases.length + at),
    );
    phrases.push(...folded);
  }
  const compiled = { matcher: phrases.length === 0 ? null : new PhraseMatcher(phrases), numbers };
  compiledRules.set(rules, compiled);
  return compiled;
}

function matchesRequest(when: Conditions, { request, needs }: RuleFacts): boolean {
  const { inputTokens, capabilities } = needs;
  const { min_input_tokens: least = 0, max_input_tokens: most = Infinity } = when;
  return (
    isAsWanted(when.model, request.model) &&
    inputTokens >= least &&
    inputTokens <= most &&
    isAsWanted(when.has_tools, capabilities.includes('tools')) &&
    isAsWanted(when.has_images, capabilities.includes('vision')) &&
    isAsWanted(when.has_response_format, capabilities.includes('json')) &&
    matchesMetadata(when.metadata, request)
  );
}

/** A condition that is not given holds for every request. */
function isAsWanted<Value>(wanted: Value | undefined, found: Value): boolean {
  return wanted === undefined || wanted === found;
}

function matchesMetadata(wanted: Conditions['metadata'], request: ChatRequest): boolean {
  if (wanted === undefined) return true;
  const { metadata } = request;
  if (metadata === undefined) return false;
  return Object.entries(wanted).every(([key, value]) => metadata[key] === value);
}
