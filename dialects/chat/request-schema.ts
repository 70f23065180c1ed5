// The fields of a chat completion request around its messages. Every rule's text is the end of a sentence that
// starts with the field's path. A field that would change the answer and cannot be honoured is refused; what
// only concerns OpenAI's own storage and accounting (`user`, `store`, `service_tier`, …) is dropped.

import * as v from 'valibot';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { MESSAGE } from './message-schema.ts';

const STRING = v.string('must be a string');
const BOOLEAN = v.boolean('must be true or false');

/** Longest model name anybody configures, with room; the name is echoed in a refusal. */
const MAX_MODEL_LENGTH = 200;

/** OpenAI's own limit; each tool is copied into every upstream call. */
const MAX_TOOLS = 128;

const MAX_STOPS = 16;
const MAX_WORD_LENGTH = 64;
const MAX_LOGIT_BIASES = 1024;

const OBJECT = v.custom<JsonObject>(isJsonObject, 'must be an object');
const TOKENS = v.pipe(
  v.number('must be a number'),
  v.safeInteger('must be a whole number'),
  v.minValue(1, 'must be at least 1'),
);
const WORD = v.pipe(STRING, v.maxLength(MAX_WORD_LENGTH, `must be at most ${MAX_WORD_LENGTH} characters`));

function between(low: number, high: number) {
  const message = `must be between ${low} and ${high}`;
  return v.pipe(v.number('must be a number'), v.minValue(low, message), v.maxValue(high, message));
}

function refused(message: string) {
  return v.nullish(v.custom<never>(() => false, message));
}

const STOP = v.lazy((stop) => (Array.isArray(stop) ? STOP_LIST : STOP_TEXT));
const STOP_TEXT = v.string('must be a string or an array of strings');
const STOP_LIST = v.pipe(v.array(STRING), v.maxLength(MAX_STOPS, `must have at most ${MAX_STOPS} entries`));

/** Fields that go to the upstream as they are. */
const SAMPLING_FIELDS = {
  temperature: v.nullish(between(0, 2)),
  top_p: v.nullish(between(0, 1)),
  stop: v.nullish(STOP),
  seed: v.nullish(v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number'))),
  presence_penalty: v.nullish(between(-2, 2)),
  frequency_penalty: v.nullish(between(-2, 2)),
  logit_bias: v.nullish(
    v.pipe(
      v.record(v.string(), between(-100, 100), 'must be an object of token ids and numbers'),
      v.maxEntries(MAX_LOGIT_BIASES, `must have at most ${MAX_LOGIT_BIASES} entries`),
    ),
  ),
  parallel_tool_calls: v.nullish(BOOLEAN),
  reasoning_effort: v.nullish(WORD),
  verbosity: v.nullish(WORD),
  prediction: v.nullish(OBJECT),
} as const;

const REFUSED_FIELDS = {
  n: v.nullish(v.literal(1, 'must be 1: one request gets one answer')),
  logprobs: v.nullish(
    v.literal(false, 'must be false: log probabilities are not kept in a resumable stream'),
  ),
  top_logprobs: v.nullish(v.literal(0, 'must be 0: log probabilities are not kept in a resumable stream')),
  audio: refused('is not supported: this endpoint answers with text'),
  modalities: v.nullish(
    v.array(v.literal('text', 'must be "text": this endpoint answers with text'), 'must be ["text"]'),
  ),
  functions: refused('is no longer supported: send "tools"'),
  function_call: refused('is no longer supported: send "tool_choice"'),
} as const;

const TOOL = v.pipe(
  v.object(
    {
      type: v.literal('function', 'must be "function": only function tools are supported'),
      function: v.object(
        {
          name: v.pipe(STRING, v.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"')),
          description: v.nullish(STRING),
          parameters: v.nullish(OBJECT),
          strict: v.nullish(BOOLEAN),
        },
        'must be an object with a "name"',
      ),
    },
    'must be an object',
  ),
  v.transform((tool): JsonObject => ({ type: 'function', function: withoutNullish(tool.function) })),
);

const RESPONSE_FORMAT = v.pipe(
  OBJECT,
  v.check(
    (format) => format['type'] !== 'json_schema' || isJsonObject(format['json_schema']),
    'must have an object "json_schema" when its type is "json_schema"',
  ),
  v.check(
    (format) => ['text', 'json_object', 'json_schema'].includes(String(format['type'])),
    'must have the type "text", "json_object" or "json_schema"',
  ),
);

const TOOL_MODES = v.picklist(
  ['none', 'auto', 'required'],
  'must be "none", "auto", "required" or an object',
);

export const REQUEST = v.object({
  model: v.pipe(
    STRING,
    v.minLength(1, 'must not be empty: "auto" lets the router choose'),
    v.maxLength(MAX_MODEL_LENGTH, `must be at most ${MAX_MODEL_LENGTH} characters`),
  ),
  messages: v.pipe(
    v.array(MESSAGE, 'must be an array of messages'),
    v.minLength(1, 'must have at least one message'),
  ),
  stream: v.nullish(BOOLEAN),
  stream_options: v.nullish(v.object({ include_usage: v.nullish(BOOLEAN) }, 'must be an object')),
  max_completion_tokens: v.nullish(TOKENS),
  max_tokens: v.nullish(TOKENS),
  tools: v.nullish(
    v.pipe(v.array(TOOL, 'must be an array'), v.maxLength(MAX_TOOLS, `must have at most ${MAX_TOOLS} tools`)),
  ),
  tool_choice: v.nullish(v.lazy((choice) => (isJsonObject(choice) ? OBJECT : TOOL_MODES))),
  response_format: v.nullish(RESPONSE_FORMAT),
  metadata: v.nullish(v.unknown()),
  ...SAMPLING_FIELDS,
  ...REFUSED_FIELDS,
});

export type RequestFields = v.InferOutput<typeof REQUEST>;

/** The sampling fields that were sent, by their wire names. */
export function samplingOf(fields: RequestFields): JsonObject {
  const { temperature, top_p, stop, seed, presence_penalty, frequency_penalty, logit_bias } = fields;
  const { parallel_tool_calls, reasoning_effort, verbosity, prediction } = fields;
  const numbers = { temperature, top_p, stop, seed, presence_penalty, frequency_penalty, logit_bias };
  return withoutNullish({ ...numbers, parallel_tool_calls, reasoning_effort, verbosity, prediction });
}

/** OpenAI's own limit. */
const MAX_METADATA_ENTRIES = 16;

/** The labels that rules can ask for. Others are dropped, as all of them are for a deployment without such rules. */
export function metadataOf({ metadata }: RequestFields): Readonly<Record<string, string>> | null {
  if (!isJsonObject(metadata)) return null;
  const texts = Object.entries(metadata).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return texts.length === 0 ? null : Object.fromEntries(texts.slice(0, MAX_METADATA_ENTRIES));
}

function withoutNullish(fields: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  const kept: Record<string, JsonObject[string]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) kept[name] = value;
  }
  return kept;
}
