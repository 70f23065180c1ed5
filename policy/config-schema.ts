// The shape of edgeways.config.json: one definition from which the validator, the `Config` type and the
// editors' JSON Schema all come. Names are snake_case as in the file. Unknown keys are refused everywhere.
// It checks one value at a time; what must hold between values is checked in config.ts.

import * as v from 'valibot';
import { CACHE, TENANT_CACHE } from './cache-schema.ts';
import * as defaults from './config-defaults.ts';
import { AI_GATEWAY, ENDPOINTS, FAILOVER } from './failover-schema.ts';
import { PROMPT_BUDGET } from './prompt-budget/prompt-budget-schema.ts';
import { ROUTING, TENANT_ROUTING } from './routing-schema.ts';
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

const KIB = 1024;
const MIB = KIB * KIB;

/** Names the router itself gives a meaning; a model cannot have them. */
export const RESERVED_MODEL_IDS: readonly string[] = ['auto', 'edge', 'cloud'];

const usdPerMtok = (description: Sentence) => between(description, 0, 10_000);

const durability = v.pipe(
  v.picklist(['batched', 'strict']),
  described(sentence('batched: delivered at once, stored within 250 ms. strict: stored before delivered.')),
);

const streams = whole(sentence('Generations that may run at once.'), 1, 100_000);
const streamsPerAddress = v.nullable(
  whole(sentence('Generations that may run at once from one client address; null = unlimited.'), 1, 100_000),
);
const requests = v.nullable(
  whole(sentence('Requests a minute for each key; null = unlimited.'), 1, 10_000_000),
);
const tokens = v.nullable(
  whole(sentence('Tokens a minute for each key, input and output; null = unlimited.'), 1, 10_000_000_000),
);
const usd = (period: string) =>
  v.exactOptional(
    between(sentence(`US dollars for each ${period} in UTC; left out = no limit.`), 0, 1_000_000),
  );
const budget = v.nullable(
  describedSection(
    sentence("What a tenant may spend by the models' prices; null = not limited and not counted."),
    {
      usd_per_day: usd('day'),
      usd_per_month: usd('month'),
      over: v.optional(
        v.pipe(
          v.picklist(['edge', 'refuse', 'wait']),
          described(
            sentence(
              'A request that may cost more than is left: the edge answers, it is refused (402), or refused until the period ends (429).',
            ),
          ),
        ),
        'refuse',
      ),
    },
  ),
);
const outputTokens = whole(
  sentence('The largest answer in tokens; a larger max_tokens is lowered to it.'),
  1,
  1_000_000,
);

const model = section({
  id: name(sentence('The name clients use. Not auto, edge or cloud.')),
  tier: v.pipe(
    v.picklist(['edge', 'cloud']),
    described(sentence('edge: small and near. cloud: strong and far.')),
  ),
  provider: name(sentence('The wire format spoken to it: the name of a folder in providers/.')),
  endpoint: name(
    sentence('The upstream connection it is reached by: edge, cloud, or a name under endpoints.'),
  ),
  upstream_model: name(sentence("The upstream's own name for the model.")),
  context_tokens: whole(sentence('Input and output together, in tokens.'), 256, 100_000_000),
  max_output_tokens: whole(sentence('The longest answer the model gives, in tokens.'), 1, 10_000_000),
  default_max_tokens: v.exactOptional(
    whole(sentence('The answer limit in tokens for requests that set none.'), 1, 10_000_000),
  ),
  capabilities: v.optional(
    v.pipe(
      v.array(v.picklist(['tools', 'vision', 'json', 'logprobs', 'prefill'])),
      described(
        sentence(
          'What it can do beyond text: call tools, see images, keep to a response_format, tell log probabilities, go on with an answer that was begun (prefill).',
        ),
      ),
    ),
    [],
  ),
  price: section({
    input_usd_per_mtok: usdPerMtok(sentence('US dollars for a million input tokens.')),
    output_usd_per_mtok: usdPerMtok(sentence('US dollars for a million output tokens.')),
    cached_input_usd_per_mtok: v.exactOptional(
      usdPerMtok(
        sentence("US dollars for a million input tokens from the provider's prompt cache; else as input."),
      ),
    ),
  }),
  first_token_ms: v.exactOptional(
    whole(
      sentence('Milliseconds to the first token to expect, for explanations, until it has been measured.'),
      1,
      600_000,
    ),
  ),
  region: v.exactOptional(name(sentence('Where the model runs, for display.'))),
});

function keyHashes(description: Sentence) {
  const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
  return v.pipe(v.array(hash), v.minLength(1), v.maxLength(100), described(description));
}

const tenant = section({
  id: name(sentence('The tenant: quotas, streams and conversations belong to it.')),
  key_sha256: keyHashes(
    sentence('SHA-256 of each API key, lower-case hex; `npm run key -- <tenant>` prints one.'),
  ),
  ...TENANT_ROUTING,
  cache: v.exactOptional(TENANT_CACHE),
  durability: v.exactOptional(durability),
  limits: v.exactOptional(
    section({
      concurrent_streams: v.exactOptional(streams),
      streams_per_address: v.exactOptional(streamsPerAddress),
      requests_per_minute: v.exactOptional(requests),
      tokens_per_minute: v.exactOptional(tokens),
      budget: v.exactOptional(budget),
      max_output_tokens: v.exactOptional(outputTokens),
    }),
  ),
});

const operator = section({
  id: name(sentence('The operator: who may see the statistics of all tenants.')),
  key_sha256: keyHashes(
    sentence('SHA-256 of each key, lower-case hex; `npm run key -- --operator <name>` prints one.'),
  ),
});

const limits = section({
  concurrent_streams: v.optional(streams, defaults.CONCURRENT_STREAMS),
  streams_per_address: v.optional(streamsPerAddress, defaults.STREAMS_PER_ADDRESS),
  requests_per_minute: v.optional(requests, defaults.REQUESTS_PER_MINUTE),
  tokens_per_minute: v.optional(tokens, defaults.TOKENS_PER_MINUTE),
  budget: v.optional(budget, null),
  max_output_tokens: v.optional(outputTokens, defaults.MAX_OUTPUT_TOKENS),
  followers_per_stream: v.optional(
    whole(sentence('Readers of one stream at once.'), 1, 10_000),
    defaults.FOLLOWERS_PER_STREAM,
  ),
  body_bytes: v.optional(whole(sentence('The largest request body.'), KIB, 64 * MIB), defaults.BODY_BYTES),
  messages: v.optional(whole(sentence('Messages in one request.'), 1, 100_000), defaults.MESSAGES),
  upstream_event_bytes: v.optional(
    whole(sentence('The largest single event of an upstream.'), KIB, 16 * MIB),
    defaults.UPSTREAM_EVENT_BYTES,
  ),
  answer_bytes: v.optional(
    whole(sentence('The largest answer; beyond it the stream fails.'), KIB, 1024 * MIB),
    defaults.ANSWER_BYTES,
  ),
});

const localLimits = section({
  concurrent_streams: v.optional(streams, defaults.LOCAL_CONCURRENT_STREAMS),
  streams_per_address: v.optional(streamsPerAddress, null),
  requests_per_minute: v.optional(requests, null),
  tokens_per_minute: v.optional(tokens, null),
  budget: v.optional(budget, null),
});

/** The upper bound of every timeout: the platform ends an object's operation after 15 minutes. */
const LONGEST_MS = 900_000;

const timeouts = section({
  connect_ms: v.optional(
    whole(sentence('Until the upstream answers with a head.'), 10, LONGEST_MS),
    defaults.CONNECT_MS,
  ),
  first_content_ms: v.optional(
    whole(sentence('Until the first token, from the start of the upstream call.'), 10, LONGEST_MS),
    defaults.FIRST_CONTENT_MS,
  ),
  idle_ms: v.optional(
    whole(sentence('Between two events of an upstream.'), 10, LONGEST_MS),
    defaults.IDLE_MS,
  ),
  total_ms: v.optional(whole(sentence('For a whole generation.'), 100, LONGEST_MS), defaults.TOTAL_MS),
  head_hold_ms: v.optional(
    whole(sentence('How long the response head waits for the first content or a failure.'), 0, 60_000),
    defaults.HEAD_HOLD_MS,
  ),
  heartbeat_ms: v.optional(
    whole(sentence('Silence after which a comment is sent to the reader.'), 100, 60_000),
    defaults.HEARTBEAT_MS,
  ),
});

const models = v.pipe(
  v.array(model),
  v.maxLength(200),
  described(sentence("At least one model for each tier; the first of a tier is that tier's default.")),
);

export const configSchema = section({
  $schema: v.exactOptional(v.string()),
  models: models,
  endpoints: v.optional(ENDPOINTS, {}),
  ai_gateway: v.optional(AI_GATEWAY, null),
  failover: v.optional(FAILOVER, {}),
  routing: v.optional(ROUTING, {}),
  cache: v.optional(CACHE, {}),
  prompt_budget: v.optional(PROMPT_BUDGET, {}),
  tenants: v.optional(v.pipe(v.array(tenant), v.maxLength(10_000)), []),
  operators: v.optional(v.pipe(v.array(operator), v.maxLength(100)), []),
  analytics: v.optional(
    section({
      enabled: v.optional(
        flag(sentence('Whether generations are counted for the dashboard and /metrics. No text is kept.')),
        true,
      ),
      shards: v.optional(
        whole(
          sentence('Objects that keep the statistics. Fewer than before hides what the others know.'),
          1,
          64,
        ),
        defaults.ANALYTICS_SHARDS,
      ),
    }),
    {},
  ),
  limits: v.optional(limits, {}),
  local_limits: v.optional(localLimits, {}),
  timeouts: v.optional(timeouts, {}),
  retention_seconds: v.optional(
    whole(sentence('How long a finished stream can be replayed.'), 1, 30 * 86_400),
    defaults.RETENTION_SECONDS,
  ),
  durability: v.optional(durability, 'batched'),
  on_disconnect: v.optional(
    section({
      default: v.optional(
        v.pipe(
          v.picklist(['linger', 'continue', 'abort']),
          described(sentence('What happens to a generation that nobody reads any more.')),
        ),
        'linger',
      ),
      linger_seconds: v.optional(
        whole(sentence('How long a generation without a reader goes on.'), 1, 840),
        defaults.LINGER_SECONDS,
      ),
    }),
    {},
  ),
  cors: v.optional(
    section({
      allowed_origins: v.optional(
        v.pipe(
          v.array(v.pipe(v.string(), v.regex(/^https?:\/\/[a-z0-9.:[\]-]+$/))),
          v.maxLength(100),
          described(sentence('Origins whose pages may call this deployment, such as https://app.example.')),
        ),
        [],
      ),
    }),
    {},
  ),
});
