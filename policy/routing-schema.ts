// The `routing` section of the configuration, and the part of it that a tenant may have for itself.
// It checks one value at a time; what must hold between values is in routing-problems.ts.

import * as v from 'valibot';
import * as defaults from './config-defaults.ts';
import { rulesSchema } from './rules/rule-schema.ts';
import {
  between,
  described,
  describedSection,
  flag,
  name,
  section,
  sentence,
  type Sentence,
  whole,
} from './schema-parts.ts';

/** Below a millionth of a dollar a limit is a slip: one token of the cheapest model costs about that. */
const LEAST_USD = 0.000001;

/** No single request of a text model costs more. */
const MOST_USD = 10_000;

const threshold = v.nullable(
  between(
    sentence(
      'Edge when P(the edge is good enough) reaches this fixed number; null = see target, else the built-in one.',
    ),
    0,
    1,
  ),
);

const target = v.nullable(
  describedSection(sentence('What routing shall reach, instead of a fixed threshold; exactly one key.'), {
    cloud_share: v.exactOptional(between(sentence('The share of requests that goes to the cloud.'), 0, 1)),
    quality: v.exactOptional(between(sentence('The share of answers that are good enough.'), 0, 1)),
    max_usd_per_1k: v.exactOptional(
      between(sentence('The most that a thousand requests cost, in US dollars.'), LEAST_USD, 1000 * MOST_USD),
    ),
  }),
);

const dataLocality = v.pipe(
  v.picklist(['any', 'edge-only']),
  described(
    sentence('edge-only: no request reaches the cloud. It can be tightened further in, never loosened.'),
  ),
);

const maxUsd = v.nullable(
  between(
    sentence(
      'The most one request may cost by estimate, its whole output limit included; null = no ceiling.',
    ),
    LEAST_USD,
    MOST_USD,
  ),
);

const modelOrNull = (description: Sentence) =>
  v.pipe(v.nullable(name(sentence('A configured model id.'))), described(description));

/** The part of routing that a tenant may have for itself; what it leaves out is the deployment's. */
export const TENANT_ROUTING = {
  tier: v.exactOptional(
    v.pipe(v.picklist(['edge', 'cloud']), described(sentence('Always this tier for model "auto".'))),
  ),
  threshold: v.exactOptional(threshold),
  target: v.exactOptional(target),
  data_locality: v.exactOptional(dataLocality),
  max_usd_per_request: v.exactOptional(maxUsd),
  rules: v.exactOptional(rulesSchema(sentence("The tenant's own rules; they come before the deployment's."))),
} as const;

const stages = section({
  gates: v.optional(
    flag(sentence('Models that cannot serve a request are left out before anything is weighed.')),
    true,
  ),
  classifier: v.optional(
    flag(sentence('The prompt is weighed; off = what no gate or rule decides is the cloud.')),
    true,
  ),
  answer_check: v.optional(flag(sentence('Uncertain edge answers are checked before they are shown.')), true),
});

const answerCheck = section({
  band: v.optional(
    between(sentence('A probability this near the threshold counts as uncertain.'), 0, 0.5),
    defaults.ANSWER_CHECK_BAND,
  ),
  hold_ms: v.optional(
    whole(sentence('How long the beginning of an uncertain stream is held.'), 0, 5_000),
    defaults.ANSWER_CHECK_HOLD_MS,
  ),
  budget_ms: v.optional(
    whole(sentence('How long a check of the whole draft may take, the draft included.'), 100, 60_000),
    defaults.ANSWER_CHECK_BUDGET_MS,
  ),
  second_opinion: v.optional(
    modelOrNull(sentence('An edge model that answers too, so that both can be compared; null = none.')),
    null,
  ),
});

const conversation = section({
  sticky: v.optional(
    flag(sentence('A conversation leaves the cloud only when that saves more than it costs.')),
    true,
  ),
  idle_seconds: v.optional(
    whole(sentence('After this silence a conversation may change its tier freely.'), 1, 30 * 86_400),
    defaults.CONVERSATION_IDLE_SECONDS,
  ),
  escalate_on_repeat: v.optional(
    flag(
      sentence('Asking the same again, complaining or regenerating after an edge answer goes to the cloud.'),
    ),
    true,
  ),
});

const shadow = section({
  dispatch_share: v.optional(
    between(
      sentence('The share of requests that the other tier answers too, unseen; it costs that much.'),
      0,
      0.1,
    ),
    0,
  ),
  judge_model: v.optional(
    modelOrNull(sentence('The model that compares both answers; needed for dispatch_share.')),
    null,
  ),
});

export const ROUTING = section({
  threshold: v.optional(threshold, null),
  target: v.optional(target, null),
  stages: v.optional(stages, {}),
  rules: v.optional(rulesSchema(sentence('Fixed routes; the first that applies wins.')), []),
  answer_check: v.optional(answerCheck, {}),
  conversation: v.optional(conversation, {}),
  exploration: v.optional(
    between(sentence('The share of weighed requests whose tier is drawn at random, to learn from.'), 0, 0.02),
    0,
  ),
  calibrate: v.optional(flag(sentence('Probabilities are corrected by what feedback has taught.')), true),
  shadow: v.optional(shadow, {}),
  log_decisions: v.optional(flag(sentence('Decisions are kept for evaluation, without any text.')), true),
  data_locality: v.optional(dataLocality, 'any'),
  max_usd_per_request: v.optional(maxUsd, null),
});
