// The shape of edgeways.config.json: one definition from which the validator, the `Config` type and the
// editors' JSON Schema all come. Names are snake_case as in the file. Unknown keys are refused everywhere.
// It checks one value at a time; what must hold between values is checked in config.ts.

import * as v from 'valibot';
import * as defaults from './config-defaults.ts';
import { ROUTING, TENANT_ROUTING } from './routing-schema.ts';
import { between, name, section, whole } from './schema-parts.ts';

const KIB = 1024;
const MIB = KIB * KIB;

/** Names the router itself gives a meaning; a model cannot have them. */
export const RESERVED_MODEL_IDS: readonly string[] = ['auto', 'edge', 'cloud'];

const usdPerMtok = (description: string) => between(description, 0, 10_000);

const durability = v.pipe(
  v.picklist(['batched', 'strict']),
  v.description('batched: delivered at once, stored within 250 ms. strict: stored before delivered.'),
);

const streams = whole('Generations that may run at once.', 1, 100_000);
const streamsPerAddress = v.nullable(
  whole('Generations that may run at once from one client address; null = unlimited.', 1, 100_000),
);
const requests = v.nullable(whole('Requests a minute for each key; null = unlimited.', 1, 10_000_000));
const tokens = v.nullable(
  whole('Tokens a minute for each key, input and output; null = unlimited.', 1, 10_000_000_000),
);
const outputTokens = whole(
  'The largest answer in tokens; a larger max_tokens is lowered to it.',
  1,
  1_000_000,
);

const model = section({
  id: name('The name clients use. Not auto, edge or cloud.'),
  tier: v.pipe(v.picklist(['edge', 'cloud']), v.description('edge: small and near. cloud: strong and far.')),
  provider: name('The wire format spoken to it: the name of a folder in providers/.'),
  endpoint: v.pipe(v.picklist(['edge', 'cloud']), v.description('The upstream connection it is reached by.')),
  upstream_model: name("The upstream's own name for the model."),
  context_tokens: whole('Input and output together, in tokens.', 256, 100_000_000),
  max_output_tokens: whole('The longest answer the model gives, in tokens.', 1, 10_000_000),
  capabilities: v.optional(
    v.pipe(
      v.array(v.picklist(['tools', 'vision', 'json', 'logprobs'])),
      v.description(
        'What it can do beyond text: call tools, see images, keep to a response_format, tell log probabilities.',
      ),
    ),
    [],
  ),
  price: section({
    input_usd_per_mtok: usdPerMtok('US dollars for a million input tokens.'),
    output_usd_per_mtok: usdPerMtok('US dollars for a million output tokens.'),
  }),
  first_token_ms: v.exactOptional(
    whole(
      'Milliseconds to the first token to expect, for explanations, until it has been measured.',
      1,
      600_000,
    ),
  ),
  region: v.exactOptional(name('Where the model runs, for display.')),
});

const tenant = section({
  id: name('The tenant: quotas, streams and conversations belong to it.'),
  key_sha256: v.pipe(
    v.array(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))),
    v.minLength(1),
    v.maxLength(100),
    v.description('SHA-256 of each API key, lower-case hex; `npm run key -- <tenant>` prints one.'),
  ),
  ...TENANT_ROUTING,
  durability: v.exactOptional(durability),
  limits: v.exactOptional(
    section({
      concurrent_streams: v.exactOptional(streams),
      streams_per_address: v.exactOptional(streamsPerAddress),
      requests_per_minute: v.exactOptional(requests),
      tokens_per_minute: v.exactOptional(tokens),
      max_output_tokens: v.exactOptional(outputTokens),
    }),
  ),
});

const limits = section({
  concurrent_streams: v.optional(streams, defaults.CONCURRENT_STREAMS),
  streams_per_address: v.optional(streamsPerAddress, defaults.STREAMS_PER_ADDRESS),
  requests_per_minute: v.optional(requests, defaults.REQUESTS_PER_MINUTE),
  tokens_per_minute: v.optional(tokens, defaults.TOKENS_PER_MINUTE),
  max_output_tokens: v.optional(outputTokens, defaults.MAX_OUTPUT_TOKENS),
  followers_per_stream: v.optional(
    whole('Readers of one stream at once.', 1, 10_000),
    defaults.FOLLOWERS_PER_STREAM,
  ),
  body_bytes: v.optional(whole('The largest request body.', KIB, 64 * MIB), defaults.BODY_BYTES),
  messages: v.optional(whole('Messages in one request.', 1, 100_000), defaults.MESSAGES),
  upstream_event_bytes: v.optional(
    whole('The largest single event of an upstream.', KIB, 16 * MIB),
    defaults.UPSTREAM_EVENT_BYTES,
  ),
  answer_bytes: v.optional(
    whole('The largest answer; beyond it the stream fails.', KIB, 1024 * MIB),
    defaults.ANSWER_BYTES,
  ),
});

const localLimits = section({
  concurrent_streams: v.optional(streams, defaults.LOCAL_CONCURRENT_STREAMS),
  streams_per_address: v.optional(streamsPerAddress, null),
  requests_per_minute: v.optional(requests, null),
  tokens_per_minute: v.optional(tokens, null),
});

/** The upper bound of every timeout: the platform ends an object's operation after 15 minutes. */
const LONGEST_MS = 900_000;

const timeouts = section({
  connect_ms: v.optional(
    whole('Until the upstream answers with a head.', 10, LONGEST_MS),
    defaults.CONNECT_MS,
  ),
  first_content_ms: v.optional(
    whole('Until the first token, from the start of the upstream call.', 10, LONGEST_MS),
    defaults.FIRST_CONTENT_MS,
  ),
  idle_ms: v.optional(whole('Between two events of an upstream.', 10, LONGEST_MS), defaults.IDLE_MS),
  total_ms: v.optional(whole('For a whole generation.', 100, LONGEST_MS), defaults.TOTAL_MS),
  head_hold_ms: v.optional(
    whole('How long the response head waits for the first content or a failure.', 0, 60_000),
    defaults.HEAD_HOLD_MS,
  ),
  heartbeat_ms: v.optional(
    whole('Silence after which a comment is sent to the reader.', 100, 60_000),
    defaults.HEARTBEAT_MS,
  ),
});

const models = v.pipe(
  v.array(model),
  v.maxLength(200),
  v.description("At least one model for each tier; the first of a tier is that tier's default."),
);

export const configSchema = section({
  $schema: v.exactOptional(v.string()),
  models: models,
  routing: v.optional(ROUTING, {}),
  tenants: v.optional(v.pipe(v.array(tenant), v.maxLength(10_000)), []),
  limits: v.optional(limits, {}),
  local_limits: v.optional(localLimits, {}),
  timeouts: v.optional(timeouts, {}),
  retention_seconds: v.optional(
    whole('How long a finished stream can be replayed.', 1, 30 * 86_400),
    defaults.RETENTION_SECONDS,
  ),
  durability: v.optional(durability, 'batched'),
  on_disconnect: v.optional(
    section({
      default: v.optional(
        v.pipe(
          v.picklist(['linger', 'continue', 'abort']),
          v.description('What happens to a generation that nobody reads any more.'),
        ),
        'linger',
      ),
      linger_seconds: v.optional(
        whole('How long a generation without a reader goes on.', 1, 840),
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
          v.description('Origins whose pages may call this deployment, such as https://app.example.'),
        ),
        [],
      ),
    }),
    {},
  ),
});
