// What must hold between the values of the routing configuration, which the schema cannot say of one value:
// one knob at a time, models that exist, rules that can be told apart and do something.

import type { ConfigProblem } from './config-problem.ts';
import { problem } from './config-problem.ts';
import type { Config, RoutingRule, TenantConfig } from './config.ts';
import { searchedText } from './rules/searched-text.ts';

type Knob = Pick<TenantConfig, 'threshold' | 'target'>;

/** All phrases of one list of rules: the trie that finds them has a node for each character. */
const MAX_PHRASE_CHARACTERS = 8_192;

export function routingProblems(config: Config): ConfigProblem[] {
  const { routing } = config;
  const problems = [
    ...knobProblems(routing, 'routing'),
    ...ruleProblems(config, routing.rules, 'routing.rules'),
    ...modelProblems(config),
  ];
  const known = new Set(routing.rules.map((rule) => rule.id));
  for (const [index, tenant] of config.tenants.entries()) {
    const path = `tenants[${index}]`;
    problems.push(...knobProblems(tenant, path));
    problems.push(...ruleProblems(config, tenant.rules ?? [], `${path}.rules`, known));
  }
  return problems;
}

function knobProblems({ threshold, target }: Knob, path: string): ConfigProblem[] {
  if (target === undefined || target === null) return [];
  const problems: ConfigProblem[] = [];
  if (Object.keys(target).length !== 1) {
    const remedy = 'Give exactly one of cloud_share, quality, max_usd_per_1k.';
    problems.push(problem(`${path}.target`, 'not one target', remedy));
  }
  if (threshold !== undefined && threshold !== null) {
    const remedy = 'Remove one: a target sets the threshold itself.';
    problems.push(problem(`${path}.target`, `given together with ${path}.threshold`, remedy));
  }
  return problems;
}

function modelProblems({ models, routing }: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { second_opinion: opinion } = routing.answer_check;
  const edgeModels = models.filter((model) => model.tier === 'edge').map((model) => model.id);
  if (opinion !== null && !edgeModels.slice(1).includes(opinion)) {
    const remedy = 'Name an edge model other than the first, which gives the first opinion.';
    problems.push(problem('routing.answer_check.second_opinion', `"${opinion}" cannot give one`, remedy));
  }
  const { judge_model: judge, dispatch_share: share } = routing.shadow;
  if (judge !== null && !models.some((model) => model.id === judge)) {
    problems.push(unknownModel('routing.shadow.judge_model', judge));
  }
  if (judge === null && share > 0) {
    const remedy = 'Name one, or set dispatch_share to 0: unjudged answers are paid for nothing.';
    problems.push(problem('routing.shadow.judge_model', 'needed for dispatch_share, but null', remedy));
  }
  return problems;
}

/** @param taken - ids of another list that may not be used again */
function ruleProblems(
  config: Config,
  rules: readonly RoutingRule[],
  path: string,
  taken: ReadonlySet<string> = new Set(),
): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const ids = new Set(taken);
  for (const [index, rule] of rules.entries()) {
    const at = `${path}[${index}]`;
    if (ids.has(rule.id)) {
      const remedy = "Give every rule its own id, a tenant's rules too.";
      problems.push(problem(`${at}.id`, `"${rule.id}" is used twice`, remedy));
    }
    ids.add(rule.id);
    problems.push(
      ...conditionProblems(rule.when, `${at}.when`),
      ...effectProblems(config, rule, `${at}.then`),
    );
  }
  const characters = rules.flatMap(({ when }) => when.contains_any ?? []).join('').length;
  if (characters > MAX_PHRASE_CHARACTERS) {
    const remedy = `Keep all phrases of the list to ${MAX_PHRASE_CHARACTERS} characters together.`;
    problems.push(problem(path, `the phrases have ${characters} characters`, remedy));
  }
  return problems;
}

function conditionProblems(when: RoutingRule['when'], path: string): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const [index, phrase] of (when.contains_any ?? []).entries()) {
    if (searchedText(phrase) !== '') continue;
    const remedy = 'Give a phrase that can be seen.';
    problems.push(problem(`${path}.contains_any[${index}]`, 'nothing but invisible characters', remedy));
  }
  if (when.whole_words !== undefined && when.contains_any === undefined) {
    problems.push(problem(`${path}.whole_words`, 'without contains_any', 'Add contains_any or remove it.'));
  }
  const { min_input_tokens: least = 0, max_input_tokens: most = Infinity } = when;
  if (least > most) {
    const remedy = 'Make it at least min_input_tokens.';
    problems.push(problem(`${path}.max_input_tokens`, 'below min_input_tokens: never true', remedy));
  }
  return problems;
}

function effectProblems(config: Config, { then }: RoutingRule, path: string): ConfigProblem[] {
  if (Object.keys(then).length === 0) {
    const remedy = 'Give tier, model, data_locality or answer_check.';
    return [problem(path, 'the rule does nothing', remedy)];
  }
  if (then.tier !== undefined && then.model !== undefined) {
    return [problem(`${path}.model`, 'given together with tier', 'Remove one: a model has its tier.')];
  }
  const model = config.models.find((candidate) => candidate.id === then.model);
  if (then.model !== undefined && model === undefined) return [unknownModel(`${path}.model`, then.model)];
  const tier = then.tier ?? model?.tier;
  if (tier === 'cloud' && then.data_locality === 'edge-only') {
    const remedy = 'Remove data_locality, or send the rule to the edge.';
    return [problem(`${path}.data_locality`, 'contradicts a cloud answer', remedy)];
  }
  return [];
}

function unknownModel(path: string, id: string): ConfigProblem {
  return problem(path, `"${id}" is not configured`, 'Name the id of one of the models.');
}
