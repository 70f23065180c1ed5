// What a stand-in understands of a chat request: enough to answer about its shape. It reads the wire format
// defensively and on its own, because the real upstreams that it stands in for do not share our code either.

import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';

export type ScriptedQuestion = {
  /** The last thing the user said; '' when there is nothing. */
  readonly text: string;
  /** Of the answer that was lost, when this asks to go on with one; null otherwise. */
  readonly lastWords: string | null;
  readonly messageCount: number;
  readonly promptTokens: number;
  /** What a tool returned, when the conversation ends with it. */
  readonly toolResult: string | null;
  readonly tools: readonly ScriptedTool[];
  readonly toolChoice: JsonValue;
  readonly responseFormat: JsonObject | null;
  readonly maxTokens: number | null;
  readonly stream: boolean;
  readonly includeUsage: boolean;
};

export type ScriptedTool = { readonly name: string; readonly parameters: JsonObject };

const CHARACTERS_PER_TOKEN = 4;

/** How the router ends a request to go on: a real model understands it from the sentences before. */
const LAST_WORDS = /<last>([^]+)<\/last>$/;

/** Null when there are no messages, which real upstreams refuse. */
export function readQuestion(inputs: JsonObject): ScriptedQuestion | null {
  const messages = objectsOf(inputs['messages']);
  const last = messages.at(-1);
  if (last === undefined) return null;
  const characters = messages.reduce((sum, message) => sum + textOf(message).length, 0);
  const maxTokens = inputs['max_completion_tokens'] ?? inputs['max_tokens'];
  const streamOptions = inputs['stream_options'];
  const text = textOf(messages.findLast((message) => message['role'] === 'user') ?? {});
  return {
    text,
    lastWords: LAST_WORDS.exec(text)?.[1] ?? null,
    messageCount: messages.length,
    promptTokens: Math.ceil(characters / CHARACTERS_PER_TOKEN),
    toolResult: last['role'] === 'tool' ? textOf(last) : null,
    tools: objectsOf(inputs['tools']).flatMap(readTool),
    toolChoice: inputs['tool_choice'] ?? 'auto',
    responseFormat: isJsonObject(inputs['response_format']) ? inputs['response_format'] : null,
    maxTokens: typeof maxTokens === 'number' ? maxTokens : null,
    stream: inputs['stream'] === true,
    includeUsage: isJsonObject(streamOptions) && streamOptions['include_usage'] === true,
  };
}

function readTool(tool: JsonObject): ScriptedTool[] {
  const definition = isJsonObject(tool['function']) ? tool['function'] : tool;
  const { name, parameters } = definition;
  if (typeof name !== 'string') return [];
  return [{ name, parameters: isJsonObject(parameters) ? parameters : {} }];
}

function textOf(message: JsonObject): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  const texts = objectsOf(content).map((part) => part['text']);
  return texts.filter((text) => typeof text === 'string').join('\n');
}

function objectsOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
