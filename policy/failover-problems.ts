// What must hold between the configured models, their endpoints and their fallbacks, which the schema cannot say of
// one value. Providers are not known here; the deployment checks their names.

import { problem, type ConfigProblem } from './config-problem.ts';
import type { Config } from './config.ts';

/** The endpoints that the deployment has without being told. */
const OWN_ENDPOINTS: readonly string[] = ['edge', 'cloud'];

export function failoverProblems(config: Config): ConfigProblem[] {
  return [...endpointProblems(config), ...fallbackProblems(config)];
}

function endpointProblems({ models, endpoints }: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  for (const name of OWN_ENDPOINTS) {
    if (endpoints[name] === undefined) continue;
    const remedy = 'Choose another name for it.';
    problems.push(problem(`endpoints.${name}`, 'the deployment has an endpoint of this name', remedy));
  }
  for (const [index, model] of models.entries()) {
    const path = `models[${index}]`;
    if (!OWN_ENDPOINTS.includes(model.endpoint) && endpoints[model.endpoint] === undefined) {
      const remedy = 'Use edge or cloud, or describe it under endpoints.';
      problems.push(problem(`${path}.endpoint`, `no endpoint "${model.endpoint}"`, remedy));
    }
    if ((model.default_max_tokens ?? 0) > model.max_output_tokens) {
      const remedy = `Use at most max_output_tokens (${model.max_output_tokens}).`;
      problems.push(problem(`${path}.default_max_tokens`, 'more than the model gives', remedy));
    }
  }
  return problems;
}

function fallbackProblems({ models, failover }: Config): ConfigProblem[] {
  const known = new Set(models.map((model) => model.id));
  return Object.entries(failover.fallbacks).flatMap(([id, fallbacks]) =>
    [id, ...fallbacks]
      .filter((name) => !known.has(name))
      .map((name) =>
        problem(`failover.fallbacks.${id}`, `no model "${name}"`, 'Name models of this configuration.'),
      ),
  );
}
