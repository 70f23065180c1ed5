// edgeways.config.json becomes a `Config` here, once, when the Worker starts; inside, it is trusted.
// Invariant: a Config has a model for each tier, unique ids, and every default filled in; anything else is a
// list of problems, each with where, what and how to mend it. It reads no file and knows no secret.

import * as v from 'valibot';
import type { Result } from '../protocol/result.ts';
import { ok, refuse } from '../protocol/result.ts';
import { problem, type ConfigProblem } from './config-problem.ts';
import { configSchema, RESERVED_MODEL_IDS } from './config-schema.ts';
import { failoverProblems } from './failover-problems.ts';
import { routingProblems } from './routing-problems.ts';

type DeepReadonly<Value> = Value extends readonly (infer Entry)[]
  ? readonly DeepReadonly<Entry>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }
    : Value;

/** The configuration with its defaults. Field names as in the file; units are in the names. */
export type Config = DeepReadonly<v.InferOutput<typeof configSchema>>;
export type ModelConfig = Config['models'][number];
export type TenantConfig = Config['tenants'][number];
export type RoutingRule = Config['routing']['rules'][number];
export type Capability = ModelConfig['capabilities'][number];
export type Price = ModelConfig['price'];

/** @param value - what JSON.parse made of the file */
export function parseConfig(value: unknown): Result<Config, readonly ConfigProblem[]> {
  const parsed = v.safeParse(configSchema, value);
  if (!parsed.success) return refuse(parsed.issues.map(problemOf));
  const config: Config = parsed.output;
  const problems = [
    ...modelProblems(config),
    ...keyProblems(config),
    ...failoverProblems(config),
    ...routingProblems(config),
  ];
  return problems.length === 0 ? ok(config) : refuse(problems);
}

/** One line per problem, for a log or a terminal. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems.map(({ path, message, remedy }) => `${path || '(file)'}: ${message}. ${remedy}`).join('\n');
}

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  const path = pathOf(issue);
  if (issue.expected === 'never')
    return problem(path, issue.message, 'Remove the key or correct its spelling.');
  if (path.includes('key_sha256[')) {
    // The value is not shown: whoever puts the key itself here would find it in the logs.
    return problem(
      path,
      'not a SHA-256 in lower-case hex',
      '`npm run key -- <tenant>` prints a key and its SHA-256.',
    );
  }
  if (issue.input === undefined) return problem(path, 'required, but missing', 'Add it.');
  return problem(path, `${shown(issue.input)} is not allowed here`, remedyOf(issue));
}

function remedyOf({ type, requirement, expected }: v.BaseIssue<unknown>): string {
  switch (type) {
    case 'regex':
      return `Use text that matches ${requirement instanceof RegExp ? requirement.source : 'the pattern'}.`;
    case 'integer':
      return 'Use a whole number.';
    case 'min_value':
      return `Use at least ${String(requirement)}.`;
    case 'max_value':
      return `Use at most ${String(requirement)}.`;
    case 'min_length':
    case 'min_entries':
      return `List at least ${String(requirement)}.`;
    case 'max_length':
    case 'max_entries':
      return `List at most ${String(requirement)}.`;
    default:
      return `Use ${(expected ?? 'another value').replaceAll(/[()]/g, '').toLowerCase()}.`;
  }
}

/** Shortened: a value may be a whole object. */
function shown(input: unknown): string {
  const text = JSON.stringify(input) ?? String(input);
  return text.length <= 40 ? text : `${text.slice(0, 24)}…`;
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  let path = '';
  for (const step of issue.path ?? []) {
    const key = String(step.key);
    path += step.type === 'array' ? `[${key}]` : `${path === '' ? '' : '.'}${key}`;
  }
  return path;
}

function modelProblems(config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const seen = new Set<string>();
  for (const [index, model] of config.models.entries()) {
    const path = `models[${index}]`;
    if (RESERVED_MODEL_IDS.includes(model.id)) {
      problems.push(problem(`${path}.id`, `"${model.id}" has a meaning of its own`, 'Choose another id.'));
    }
    if (seen.has(model.id)) {
      problems.push(problem(`${path}.id`, `"${model.id}" is used twice`, 'Give every model its own id.'));
    }
    seen.add(model.id);
    if (model.max_output_tokens > model.context_tokens) {
      const remedy = `Use at most context_tokens (${model.context_tokens}).`;
      problems.push(problem(`${path}.max_output_tokens`, 'more than the whole context', remedy));
    }
  }
  for (const tier of ['edge', 'cloud'] as const) {
    if (config.models.some((model) => model.tier === tier)) continue;
    problems.push(
      problem('models', `no model has tier "${tier}"`, 'Add one; the first of a tier is its default.'),
    );
  }
  return problems;
}

function keyProblems({ tenants, operators }: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const keys = new Set<string>();
  const owners = [...tenants.map(pathed('tenants')), ...operators.map(pathed('operators'))];
  const ids = new Set<string>();
  for (const { path, list, id, key_sha256: hashes } of owners) {
    if (ids.has(`${list} ${id}`)) {
      const remedy = 'Put all its keys into one entry.';
      problems.push(problem(`${path}.id`, `"${id}" is used twice`, remedy));
    }
    ids.add(`${list} ${id}`);
    for (const [at, key] of hashes.entries()) {
      // One key must name one tenant, or whose quota it spends would depend on the order of the file.
      if (keys.has(key)) {
        problems.push(problem(`${path}.key_sha256[${at}]`, 'this key is listed twice', 'Make a new key.'));
      }
      keys.add(key);
    }
  }
  return problems;
}

type KeyOwner = { readonly id: string; readonly key_sha256: readonly string[] };

function pathed(list: string) {
  return (owner: KeyOwner, index: number) => ({ ...owner, list, path: `${list}[${index}]` });
}
