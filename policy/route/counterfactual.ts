// What would have had to be different for the other tier, as one ASCII sentence that is true as it stands: numbers are
// rounded to the side on which the sentence holds, and a signal is named only if leaving it out turns the decision.

import type { RouteSignal, Tier } from '../../protocol/route.ts';
import { NEED_NAME, type Need } from '../request-needs.ts';
import type { Lack } from './candidates.ts';
import type { Ground } from './ground.ts';
import { decimal } from './reasons.ts';
import type { RouteScope } from './route-scope.ts';
import type { Weighed } from './weigher.ts';

export type Turning = {
  readonly scope: RouteScope;
  readonly tier: Tier;
  readonly ground: Ground;
  /** Calibration of the edge model that the probability is about. */
  readonly calibrated: (raw: number) => number;
};

export function counterfactualOf(turning: Turning): string {
  const { scope, tier, ground } = turning;
  const other = tier === 'edge' ? 'cloud' : 'edge';
  switch (ground.type) {
    case 'model':
    case 'tier':
      return 'the router would choose if the request named model auto';
    case 'tenant':
      return 'the router would choose if the tenant had no fixed tier';
    case 'rule':
      return `the router would choose if rule ${ground.id} did not match`;
    case 'budget':
      return "the router would choose if the tenant's budget were not spent";
    case 'gate':
      return `${other} would be possible ${lackCondition(ground.lack, scope.needs.inputTokens)}`;
    case 'classifier_off':
      return 'edge would be possible if the classifier stage were on';
    case 'lock':
      return `${other} would be possible after the next words of the user: tool results are being handed back`;
    case 'asked_again':
      return 'edge would be possible if the user had not asked again';
    case 'sticky':
      return `edge in a new conversation (p=${decimal(ground.weighed.probability)})`;
    case 'classifier':
      return knobCondition(turning, ground.weighed);
    case 'exploration':
      return `${other} would be possible without exploration: the tier was drawn at random`;
    case 'checked':
      return 'cloud if the draft of the edge is judged not good enough';
    case 'escalated':
      return 'edge if its draft had been good enough';
  }
}

function lackCondition(lack: Lack, inputTokens: number): string {
  switch (lack.type) {
    case 'locality':
      return `without data locality edge-only (${lack.setting})`;
    case 'budget':
      return `if the limit were ${above(lack.leastUsd, 6)} USD (it is ${String(lack.limitUsd)} USD)`;
    case 'needs':
      return `if the request had ${lack.needs.map((need) => without(need, lack, inputTokens)).join(' and ')}`;
  }
}

function without(
  need: Need,
  { contextTokens }: { readonly contextTokens: number },
  inputTokens: number,
): string {
  if (need !== 'context') return `no ${NEED_NAME[need]}`;
  return `at most ${contextTokens} tokens with its answer (its input has ${inputTokens})`;
}

function knobCondition(turning: Turning, weighed: Weighed): string {
  const { probability } = weighed;
  const knob =
    turning.tier === 'edge'
      ? `cloud if the threshold were above ${above(probability, 3)}`
      : `edge if the threshold were ${below(probability, 3)} or lower`;
  const signal = decidingSignal(turning, weighed);
  const shown = `${knob} (p=${probability.toFixed(3)})`;
  return signal === null ? shown : `${shown}, ${signal}`;
}

/** The strongest signal without which the other tier would have been chosen. */
function decidingSignal({ scope, tier, calibrated }: Turning, { opinion }: Weighed): string | null {
  const isEdge = tier === 'edge';
  const deciding = opinion.signals.find(({ weight }) => {
    const probability = calibrated(1 / (1 + Math.exp(weight - opinion.logit)));
    return probability >= scope.threshold !== isEdge;
  });
  return deciding === undefined ? null : `${isEdge ? 'cloud' : 'edge'} without ${shownSignal(deciding)}`;
}

function shownSignal({ name, weight }: RouteSignal): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]+/g, '?');
  return `'${ascii}' (${weight < 0 ? '' : '+'}${weight.toFixed(2)})`;
}

/** The number rounded up, where it is not exact. */
function above(value: number, digits: number): string {
  const rounded = Number(value.toFixed(digits));
  return (rounded >= value ? rounded : rounded + 10 ** -digits).toFixed(digits);
}

/** The number rounded down, where it is not exact. */
function below(value: number, digits: number): string {
  const rounded = Number(value.toFixed(digits));
  return (rounded <= value ? rounded : rounded - 10 ** -digits).toFixed(digits);
}
