// A decision as one header line of ASCII: its reasons, then `key=value` for programs. Signals are made header-safe.

import type { RouteEvent } from './events.ts';

export function reasonText(route: RouteEvent): string {
  const {
    stage,
    probability,
    threshold,
    target,
    signals,
    rule,
    policy_version,
    propensity,
    arms,
    counterfactual,
  } = route;
  const facts = [
    `stage=${stage}`,
    ...(probability === null ? [] : [`p=${decimal(probability)}`, `threshold=${decimal(threshold)}`]),
    `target=${target.type === 'fixed' ? 'fixed' : `${target.type}:${target.value}`}`,
    ...(signals.length === 0 ? [] : [`signals=${signals.map(signalText).join(',')}`]),
    ...(rule === null ? [] : [`rule=${rule}`]),
    `policy=${policy_version}`,
    `propensity=${decimal(propensity)}`,
    ...arms.map((arm) => `${arm.tier}_usd=${arm.estimated_cost_usd.toFixed(6)}`),
    ...arms.flatMap((arm) => (arm.first_token_ms === null ? [] : [`${arm.tier}_ms=${arm.first_token_ms}`])),
    ...(counterfactual === null ? [] : [`if="${counterfactual}"`]),
  ];
  return [...route.reasons, ...facts].join('; ');
}

/** `mathematics:-0.4120`: the weight to four decimals; the `route` event has it whole. */
function signalText({ name, weight }: RouteEvent['signals'][number]): string {
  return `${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}:${weight.toFixed(4)}`;
}

function decimal(value: number): string {
  return String(Number(value.toFixed(4)));
}
