// A decision's reasons as short machine-readable words: first what decided, then the verdict with its numbers and
// the strongest signals, signed (+ speaks for the edge). Header-safe ASCII whatever signals and rules are called.

import type { RouteSignal } from '../../protocol/route.ts';
import type { Lack } from './candidates.ts';
import { weighedOf, type Ground } from './ground.ts';

/** Enough to say why in a header; all signals are in the decision itself. */
const MAX_SIGNALS = 3;
const MAX_NAME_LENGTH = 40;

export function reasonsOf(ground: Ground, threshold: number): readonly string[] {
  const weighed = weighedOf(ground);
  if (weighed === null) return groundReasons(ground);
  const { probability, opinion } = weighed;
  const verdict = `classifier p=${decimal(probability)}${probability >= threshold ? '>=' : '<'}${decimal(threshold)}`;
  return [...groundReasons(ground), verdict, ...opinion.signals.slice(0, MAX_SIGNALS).map(signalReason)];
}

function groundReasons(ground: Ground): readonly string[] {
  switch (ground.type) {
    case 'model':
    case 'tier':
      return [`${ground.type}:explicit`];
    case 'tenant':
      return ['tenant-rule'];
    case 'rule':
      return [`rule:${ground.id}`];
    case 'budget':
      return ['budget:spent'];
    case 'gate':
      return lackReasons(ground.lack);
    case 'classifier_off':
      return ['classifier:off'];
    case 'lock':
      return [`lock:${ground.lock}`];
    case 'asked_again':
      return [ground.how];
    case 'sticky':
      return ['sticky:cloud'];
    case 'classifier':
      return [];
    case 'exploration':
      return ['exploration'];
    case 'checked':
      return [`answer-check:${ground.mode}`];
    case 'escalated':
      return ['answer-check:escalated'];
  }
}

function lackReasons(lack: Lack): readonly string[] {
  return lack.type === 'needs' ? lack.needs.map((need) => `gate:${need}`) : [`gate:${lack.type}`];
}

/** `+short-question` */
function signalReason({ name, weight }: RouteSignal): string {
  const safe = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, MAX_NAME_LENGTH);
  return (weight < 0 ? '-' : '+') + safe;
}

export function decimal(value: number): string {
  return String(Number(value.toFixed(3)));
}
