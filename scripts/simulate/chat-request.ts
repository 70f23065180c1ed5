// A planned request as HTTP: headers, body, and the history of its conversation as a client would send it.

import type { PlannedRequest } from './plan-traffic.ts';

export type Message = { readonly role: 'user' | 'assistant'; readonly content: string };

const WEATHER_TOOL = {
  type: 'function',
  function: {
    name: 'get_weather',
    description: 'The weather at a place on a day.',
    parameters: {
      type: 'object',
      properties: { place: { type: 'string' }, day: { type: 'string' } },
      required: ['place'],
    },
  },
};

export function requestBody(
  planned: PlannedRequest,
  history: readonly Message[],
  models: readonly string[],
): string {
  const { kind, text, delivery, directions } = planned;
  return JSON.stringify({
    model: modelOf(planned, models),
    stream: delivery !== 'whole',
    ...(delivery === 'whole' ? {} : { stream_options: { include_usage: true } }),
    messages: [...history, { role: 'user', content: text }],
    stop: [directions],
    ...(kind.name === 'tools' ? { tools: [WEATHER_TOOL] } : {}),
    ...(kind.name === 'json' ? { response_format: { type: 'json_object' } } : {}),
  });
}

/** @param run - sets this run's conversations apart from those of others */
export function requestHeaders(planned: PlannedRequest, run: string): Record<string, string> {
  const { delivery, behaviour, conversation, isRepeated } = planned;
  return {
    ...keyHeaders(),
    'content-type': 'application/json',
    'x-edgeways-conversation': `sim-${run}-${conversation}`,
    ...(delivery === 'strict' ? { 'x-edgeways-durability': 'strict' } : {}),
    ...(delivery === 'direct' ? { 'x-edgeways-resumable': 'false' } : {}),
    ...(behaviour.type === 'leaves' ? { 'x-edgeways-on-disconnect': behaviour.policy } : {}),
    ...(isRepeated ? { 'x-edgeways-cache': 'on' } : {}),
  };
}

export function keyHeaders(): Record<string, string> {
  const key = process.env['EDGEWAYS_API_KEY'];
  return key === undefined ? {} : { authorization: `Bearer ${key}` };
}

function modelOf({ model, draws }: PlannedRequest, models: readonly string[]): string {
  if (model !== 'explicit') return model;
  return models[Math.floor(draws.model * models.length)] ?? 'auto';
}
