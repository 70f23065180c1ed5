// A scripted answer in OpenAI's chat dialect: as SSE lines and as one object. Used by both stand-ins.

import type { JsonObject } from '../../protocol/json.ts';
import type { ScriptedAnswer } from './scripted-answer.ts';

/** `lines`: one event per token, the role first; `last`: finish, usage if asked for, `[DONE]`. */
export type StreamLines = { readonly lines: readonly string[]; readonly last: string };

const ID = 'chatcmpl-standin';
const TOOL_CALL_ID = 'call_standin_0';
const MS_PER_SECOND = 1000;

/** Arguments arrive in pieces from real models, and clients must join them. */
const ARGUMENT_PIECES = /.{1,16}/gsu;

export function dataLine(value: object | '[DONE]'): string {
  return `data: ${value === '[DONE]' ? value : JSON.stringify(value)}\n\n`;
}

export function chatLines(answer: ScriptedAnswer, model: string, includeUsage: boolean): StreamLines {
  const chunk = (choices: readonly object[], more: object = {}): string =>
    dataLine({ id: ID, object: 'chat.completion.chunk', created: nowSeconds(), model, choices, ...more });
  const delta = (fields: object): string => chunk([{ index: 0, delta: fields, finish_reason: null }]);
  const finish = chunk([{ index: 0, delta: {}, finish_reason: answer.finishReason }]);
  const usage = includeUsage ? chunk([], { usage: answer.usage }) : '';
  const [first, ...rest] = deltasOf(answer).map(delta);
  const role = delta({ role: 'assistant', content: '' });
  return { lines: [role + (first ?? ''), ...rest], last: finish + usage + dataLine('[DONE]') };
}

/** A whole `chat.completion`, for requests without `stream`. */
export function chatCompletion(answer: ScriptedAnswer, model: string): JsonObject {
  const { toolCall, finishReason: finish_reason, usage } = answer;
  const called = toolCall === null ? {} : { tool_calls: [wholeCall(toolCall)] };
  const message = {
    role: 'assistant',
    content: toolCall === null ? answer.pieces.join('') : null,
    ...called,
  };
  const choices = [{ index: 0, message, finish_reason }];
  return { id: ID, object: 'chat.completion', created: nowSeconds(), model, choices, usage };
}

function deltasOf({ pieces, thinking, toolCall }: ScriptedAnswer): readonly object[] {
  if (toolCall === null)
    return [
      ...thinking.map((reasoning_content) => ({ reasoning_content })),
      ...pieces.map((content) => ({ content })),
    ];
  const args = JSON.stringify(toolCall.args).match(ARGUMENT_PIECES) ?? [];
  const start = { ...wholeCall({ name: toolCall.name, args: {} }), index: 0 };
  const named = { ...start, function: { name: toolCall.name, arguments: '' } };
  return [
    { tool_calls: [named] },
    ...args.map((piece) => ({ tool_calls: [{ index: 0, function: { arguments: piece } }] })),
  ];
}

function wholeCall(call: { readonly name: string; readonly args: JsonObject }): JsonObject {
  return {
    id: TOOL_CALL_ID,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.args) },
  };
}

function nowSeconds(): number {
  return Math.floor(Date.now() / MS_PER_SECOND);
}
