// Which models stand in for one that fails: never another than the request could have had in the first place.

import { describe, expect, it } from 'vitest';
import { decideRoute } from '../policy/plan-route.ts';
import type { RouteQuestion } from '../policy/route/route-question.ts';
import { ask, chat, opinion } from './support/route-question.ts';

const TOOL = { type: 'function', function: { name: 'f' } };

type Change = Partial<RouteQuestion> & { readonly failover?: object };

/** The chosen model, then who stands in. */
function chain({ failover = {}, ...change }: Change): readonly string[] {
  const question = ask(change);
  const config = { ...question.config, failover: { ...question.config.failover, ...failover } };
  const decided = decideRoute({ ...question, config });
  return decided.ok ? [decided.value.decision.model, ...decided.value.fallbacks] : ['refused'];
}

const hard = { classification: () => opinion(0.1) };
const easy = { classification: () => opinion(0.95) };

describe('a model that fails is replaced', () => {
  it('by its own tier, then an edge model by the cloud', () => {
    expect(chain(easy)).toEqual(['small', 'small-tools', 'large', 'large-json']);
  });

  it('by no smaller one, unless the configuration allows it', () => {
    expect(chain(hard)).toEqual(['large', 'large-json']);
    expect(chain({ ...hard, failover: { cross_tier: 'both' } })).toEqual([
      'large',
      'large-json',
      'small',
      'small-tools',
    ]);
    expect(chain({ ...easy, failover: { cross_tier: 'none' } })).toEqual(['small', 'small-tools']);
  });

  it('only by models that meet what the request needs', () => {
    expect(chain({ ...easy, request: chat({ tools: [TOOL] }) })).toEqual(['small-tools', 'large']);
  });

  it('never beyond the edge when the text may not leave it', () => {
    const wishes = { answerCheck: null, locality: 'edge-only', maxUsd: null } as const;
    expect(chain({ ...hard, wishes, failover: { cross_tier: 'both' } })).toEqual(['small', 'small-tools']);
  });

  it('not by another tier when the request names one', () => {
    expect(chain({ request: chat({ model: 'edge' }) })).toEqual(['small', 'small-tools']);
  });

  it('by nobody when the request names the model, unless the configuration lists who', () => {
    expect(chain({ request: chat({ model: 'large' }) })).toEqual(['large']);
    const failover = { fallbacks: { large: ['small', 'large-json'] } };
    expect(chain({ request: chat({ model: 'large' }), failover })).toEqual(['large', 'small', 'large-json']);
  });

  it('by the listed ones alone where there is a list', () => {
    expect(chain({ ...easy, failover: { fallbacks: { small: ['large-json'] } } })).toEqual([
      'small',
      'large-json',
    ]);
  });
});
