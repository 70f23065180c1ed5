// The parts of the configuration that say where upstreams are and what happens when one fails.

import * as v from 'valibot';
import {
  between,
  described,
  describedSection,
  flag,
  name,
  section,
  sentence,
  whole,
} from './schema-parts.ts';

/** A secret's name, as `wrangler secret put` takes it. */
const VARIABLE = /^[A-Z][A-Z0-9_]{0,63}$/;

/** TLS everywhere but on this machine: keys and prompts travel there. */
const SERVER_URL =
  /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?)(?:\/[^\s?#]*)?$/;

/** Account and gateway names stand in a URL's path. */
const GATEWAY_PART = /^[A-Za-z0-9_-]{1,64}$/;

export const ENDPOINTS = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
    section({
      base_url: v.pipe(
        v.string(),
        v.regex(SERVER_URL),
        described(
          sentence('Address of the server, such as https://api.example/v1; http only on this machine.'),
        ),
      ),
      api_key_var: v.exactOptional(
        v.pipe(
          v.string(),
          v.regex(VARIABLE),
          described(sentence('Name of the secret that holds its API key.')),
        ),
      ),
      flavour: v.exactOptional(
        name(sentence('How this server deviates from its dialect, by a name the provider knows.')),
      ),
    }),
  ),
  described(
    sentence('Servers beside the deployment\'s own "edge" and "cloud", by the name that models use.'),
  ),
);

export const AI_GATEWAY = v.nullable(
  describedSection(
    sentence('Cloudflare AI Gateway in front of the providers that it offers; null = called directly.'),
    {
      account_id: v.pipe(v.string(), v.regex(GATEWAY_PART), described(sentence('The Cloudflare account.'))),
      gateway_id: v.pipe(
        v.string(),
        v.regex(GATEWAY_PART),
        described(sentence('The gateway in that account.')),
      ),
    },
  ),
);

export const FAILOVER = section({
  on_upstream_loss: v.optional(
    v.pipe(
      v.picklist(['continue', 'error']),
      described(
        sentence('When an upstream is lost in mid-answer: go on with another call, or end with an error.'),
      ),
    ),
    'continue',
  ),
  cross_tier: v.optional(
    v.pipe(
      v.picklist(['none', 'up', 'both']),
      described(
        sentence(
          'Whether a failing tier is replaced: by no other, edge by cloud only, or each by the other.',
        ),
      ),
    ),
    'up',
  ),
  fallbacks: v.optional(
    v.pipe(
      v.record(v.string(), v.pipe(v.array(name(sentence('A model id.'))), v.maxLength(10))),
      described(
        sentence('By model id: the models to go to when it fails, in order, in place of the default order.'),
      ),
    ),
    {},
  ),
  // The three defaults below: one chain of three candidates with one retry, and a death in mid-answer twice.
  max_calls: v.optional(
    whole(sentence('Upstream calls at most until the first token of an answer.'), 1, 10),
    4,
  ),
  max_continuations: v.optional(whole(sentence('Calls at most that go on with a lost answer.'), 0, 10), 3),
  breaker: v.optional(
    flag(
      sentence('Leave out a model for a while that fails, until a single call has shown that it is back.'),
    ),
    true,
  ),
  hedge: v.optional(
    flag(
      sentence(
        'Ask the next model too when the first token is later than usual (its p95), and take the faster one.',
      ),
    ),
    false,
  ),
  // A tenth: enough to ride out single failures, too little to double the load of a provider that is down.
  retry_ratio: v.optional(
    between(sentence('Extra upstream calls allowed for each request, on average.'), 0, 1),
    0.1,
  ),
});
