// The promise: when a tenant's money is spent and its budget says `edge`, the edge answers and says why, and nothing of
// the request reaches the cloud, whatever it asked for.

import { describe, expect, it } from 'vitest';
import { decideOverBudget } from '../policy/route/over-budget.ts';
import { ask, chat, configOf, rule } from './support/route-question.ts';

const TOOL = { name: 'f', description: null, parameters: {} };

describe('a request over budget', () => {
  it.each(['auto', 'cloud', 'large', 'edge'])(
    'for model %s is answered by the edge, which says why',
    (model) => {
      const decided = decideOverBudget(ask({ request: chat({ model }) }));
      expect(decided.ok && decided.value).toMatchObject({
        decision: {
          tier: 'edge',
          model: 'small',
          stage: 'gate',
          probability: null,
          propensity: 1,
          reasons: ['budget:spent'],
          counterfactual: "the router would choose if the tenant's budget were not spent",
        },
        check: null,
        locality: 'edge-only',
      });
    },
  );

  it('keeps the edge model that it names, and else takes the first that can serve it', () => {
    const modelOf = (request: ReturnType<typeof chat>): string | false => {
      const decided = decideOverBudget(ask({ request }));
      return decided.ok && decided.value.decision.model;
    };
    expect([
      modelOf(chat({ model: 'small-tools' })),
      modelOf(chat({ tools: [TOOL] })),
      modelOf(chat({ model: 'small', tools: [TOOL] })),
    ]).toEqual(['small-tools', 'small-tools', 'small-tools']);
  });

  it('has no fallback in the cloud, even a configured one', () => {
    const config = configOf({
      failover: { fallbacks: { small: ['large', 'small-tools'] }, cross_tier: 'both' },
    });
    const decided = decideOverBudget(ask({ config }));
    expect(decided.ok && decided.value.fallbacks).toEqual(['small-tools']);
  });

  it('is not answered by an edge model that is reached elsewhere', () => {
    const [small, ...others] = configOf().models;
    const models = [{ ...small, id: 'far', endpoint: 'cloud' }, small, ...others];
    const decided = decideOverBudget(ask({ config: configOf({ models }) }));
    expect(decided.ok && decided.value.decision.model).toBe('small');
  });

  it('passes by a rule that sends it to the cloud', () => {
    const config = configOf({ routing: { rules: [rule('up', {}, { tier: 'cloud' })] } });
    const decided = decideOverBudget(ask({ config }));
    expect(decided.ok && decided.value.decision.tier).toBe('edge');
  });

  it('is refused when no edge model can serve it', () => {
    const image = { type: 'image', url: 'data:image/png;base64,AA' } as const;
    const decided = decideOverBudget(
      ask({ request: chat({ messages: [{ role: 'user', content: [image] }] }) }),
    );
    expect(decided.ok).toBe(false);
  });
});
