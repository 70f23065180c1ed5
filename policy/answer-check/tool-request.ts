// Whether a draft's tool calls can be run: tools that were offered, arguments of the tool's own schema, and as many calls as
// the request demands. A call written out as text cannot be run either.

import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import type { CheckedQuestion, Draft, ToolRequest } from './draft.ts';
import { parsedJson } from './json-answer.ts';
import { satisfies } from './json-schema.ts';

/** How models write calls when their server does not take them out of the text. */
const CALL_MARKS = ['<tool_call', '<function', '<|python_tag|>', '[TOOL_CALLS]', '<|tool_call'];

export function hasInvalidToolCalls(question: CheckedQuestion, { toolCalls, text }: Draft): boolean {
  const { tools, toolChoice } = question;
  const demanded = demandedTool(toolChoice);
  if (toolCalls.length === 0) {
    return demanded !== null || (tools.length > 0 && toolChoice !== 'none' && isCallAsText(text, tools));
  }
  if (toolChoice === 'none') return true;
  return toolCalls.some(
    (call) => (demanded !== null && demanded !== '' && call.name !== demanded) || !canRun(call, tools),
  );
}

/** The name of the tool that must be called, `''` when any will do, null when none must. */
function demandedTool(toolChoice: JsonValue | undefined): string | null {
  if (toolChoice === 'required') return '';
  if (!isJsonObject(toolChoice)) return null;
  const { function: named, allowed_tools: allowed } = toolChoice;
  if (isJsonObject(named) && typeof named['name'] === 'string') return named['name'];
  return isJsonObject(allowed) && allowed['mode'] === 'required' ? '' : null;
}

function canRun({ name, args }: ToolRequest, tools: readonly JsonObject[]): boolean {
  const tool = tools.map(definitionOf).find((each) => each?.['name'] === name);
  if (tool === undefined) return false;
  // Tools without parameters are often called with no text at all.
  const value = args.trim() === '' ? {} : parsedJson(args);
  return isJsonObject(value) && satisfies(value, tool['parameters'] ?? true);
}

function isCallAsText(text: string, tools: readonly JsonObject[]): boolean {
  const start = text.trimStart();
  if (CALL_MARKS.some((mark) => start.startsWith(mark))) return true;
  if (!start.startsWith('{')) return false;
  const value = parsedJson(start);
  return (
    isJsonObject(value) &&
    tools.some((tool) => definitionOf(tool)?.['name'] === (value['name'] ?? value['function']))
  );
}

function definitionOf(tool: JsonObject): JsonObject | undefined {
  const { function: definition } = tool;
  return isJsonObject(definition) ? definition : undefined;
}
