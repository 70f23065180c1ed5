// Limits, sampling, output format and thinking → `generationConfig`. Fields that Gemini does not know are left out.

import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { JsonObject, JsonValue } from '../../protocol/json.ts';
import { objectField } from '../json-fields.ts';

const SAME_MEANING = {
  temperature: 'temperature',
  top_p: 'topP',
  presence_penalty: 'presencePenalty',
  frequency_penalty: 'frequencyPenalty',
};

/** Tokens by effort, from Google's own table for clients of OpenAI's dialect. */
const BUDGETS = new Map([
  ['medium', 8192],
  ['high', 24_576],
  ['xhigh', 24_576],
]);
const LOW_BUDGET = 1024;

/** Gemini 2.5 Pro always thinks; this is the least it takes. */
const LEAST_PRO_BUDGET = 128;

/** Of the families before 3, which know token budgets in place of levels and do not check signatures. */
export function isBefore3(model: string): boolean {
  return /gemini-[12]/.test(model);
}

export function toGenerationConfig(request: ChatRequest, model: string): JsonObject {
  const { parameters, maxOutputTokens } = request;
  const config: Record<string, JsonValue> = { ...toOutputFormat(request.responseFormat) };
  for (const [name, ours] of Object.entries(SAME_MEANING)) {
    const value = parameters[name];
    if (value !== undefined) config[ours] = value;
  }
  if (maxOutputTokens !== null) config['maxOutputTokens'] = maxOutputTokens;
  const stops = stopSequences(parameters);
  if (stops.length > 0) config['stopSequences'] = stops;
  const { seed, reasoning_effort: effort } = parameters;
  // 32 bits on the wire: the same larger seed must stay the same seed.
  if (typeof seed === 'number') config['seed'] = seed | 0;
  const thinking = typeof effort === 'string' ? toThinking(effort, model) : null;
  if (thinking !== null) config['thinkingConfig'] = thinking;
  return config;
}

/** OpenAI's `stop` is one text or a list. */
export function stopSequences(parameters: JsonObject): readonly JsonValue[] {
  const stop = parameters['stop'] ?? [];
  return Array.isArray(stop) ? stop : [stop];
}

function toOutputFormat(format: JsonObject | undefined): JsonObject {
  if (format === undefined) return {};
  const schema = objectField(format, 'json_schema')?.['schema'];
  const json = { responseMimeType: 'application/json' };
  return schema === undefined ? json : { ...json, responseJsonSchema: schema };
}

/** Null for models that do not think: they refuse the field. */
function toThinking(effort: string, model: string): JsonObject | null {
  if (!model.includes('gemini')) return null; // Gemma, on the same API
  const isPro = model.includes('pro');
  const includeThoughts = effort !== 'none';
  if (!isBefore3(model)) {
    const least = effort === 'none' || effort === 'minimal';
    const level = least ? (isPro ? 'low' : 'minimal') : effort;
    return { includeThoughts, thinkingLevel: level === 'xhigh' ? 'high' : level };
  }
  if (!model.includes('gemini-2.5')) return null;
  const none = isPro ? LEAST_PRO_BUDGET : 0;
  return { includeThoughts, thinkingBudget: includeThoughts ? (BUDGETS.get(effort) ?? LOW_BUDGET) : none };
}
