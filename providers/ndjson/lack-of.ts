// What of a request the two kinds of server have no form for.

import { THINKING_PART_TYPES, type ChatRequest, type ContentPart } from '../../protocol/chat-request.ts';
import { isJsonObject } from '../../protocol/json.ts';
import { base64Of } from './lines-body.ts';

export function lackOf(request: ChatRequest, isText: boolean): string | null {
  const { tools, toolChoice, responseFormat } = request;
  if (isText && responseFormat !== undefined) return 'response_format';
  if (tools.length > 0 && toolChoice !== 'none') {
    if (isText) return 'tools';
    if (toolChoice === 'required' || isJsonObject(toolChoice)) return 'a tool_choice that forces a call';
  }
  for (const part of request.messages.flatMap(({ content }) => content)) {
    const lack = lackOfPart(part, isText);
    if (lack !== null) return lack;
  }
  return null;
}

function lackOfPart(part: ContentPart, isText: boolean): string | null {
  switch (part.type) {
    case 'text':
      return null;
    case 'image':
      if (isText) return 'images';
      return base64Of(part.url) === null ? 'images other than data URLs with base64' : null;
    case 'opaque':
      return THINKING_PART_TYPES.has(part.raw['type']) ? null : 'audio or files';
  }
}
