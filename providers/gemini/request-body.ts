// The canonical request → the body of `streamGenerateContent`.

import { textOf, type ChatRequest } from '../../protocol/chat-request.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import { objectField, textField } from '../json-fields.ts';
import { toContents } from './contents.ts';
import { isBefore3, toGenerationConfig } from './generation-config.ts';

export function toGeminiBody(request: ChatRequest, model: string): JsonObject {
  const { messages, tools, toolChoice } = request;
  // There is one place for instructions, before the conversation: those from within it move there, in their order.
  const instructions = messages
    .filter(({ role }) => role === 'system')
    .map(({ content }) => ({ text: textOf(content) }))
    .filter(({ text }) => text !== '');
  const contents = toContents(messages, !isBefore3(model));
  const generationConfig = toGenerationConfig(request, model);
  // Instructions alone are no request to Gemini: then they are the prompt.
  const isOnlyInstructions = contents.length === 0;
  return {
    contents: isOnlyInstructions ? [{ role: 'user', parts: instructions }] : contents,
    ...(instructions.length === 0 || isOnlyInstructions
      ? {}
      : { systemInstruction: { parts: instructions } }),
    ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(toDeclaration) }] }),
    ...(tools.length === 0 || toolChoice === undefined ? {} : { toolConfig: toToolConfig(toolChoice) }),
    ...(Object.keys(generationConfig).length === 0 ? {} : { generationConfig }),
  };
}

function toDeclaration(tool: JsonObject): JsonObject {
  const definition = objectField(tool, 'function') ?? {};
  const name = textField(definition, 'name');
  const { parameters } = definition;
  return {
    name,
    // Gemini requires one.
    description: textField(definition, 'description') || name,
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  };
}

const MODES: Readonly<Record<string, string>> = { auto: 'AUTO', none: 'NONE', required: 'ANY' };

/** A word, or the one function that must be called. */
function toToolConfig(choice: JsonValue): JsonObject {
  const named = isJsonObject(choice) ? textField(objectField(choice, 'function') ?? {}, 'name') : null;
  const functionCallingConfig =
    named === null
      ? { mode: MODES[String(choice)] ?? 'AUTO' }
      : { mode: 'ANY', allowedFunctionNames: [named] };
  return { functionCallingConfig };
}
