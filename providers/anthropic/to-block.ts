// Canonical content → Anthropic's content blocks. What has no block is left out here; what must not be left out was
// refused before (lacks.ts).

import type { ContentPart, ToolCall } from '../../protocol/chat-request.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { objectField, parseWritable, textField } from '../json-fields.ts';
import { toThinkingBlock } from './thinking-parts.ts';

/** The image types that the API takes; `jpg` is not a registered name, but it is a common one. */
const INLINE_IMAGE = /^data:image\/(png|jpe?g|gif|webp);base64,/i;
const INLINE_PDF = /^data:application\/pdf;base64,/i;

const OUTSIDE_IDS = /[^a-zA-Z0-9_-]/g;

export function toBlocks(content: readonly ContentPart[]): JsonObject[] {
  return content.map(toBlock).filter((block) => block !== null);
}

/** Null for a part that the API has no block for, and for blank text, which it refuses. */
export function toBlock(part: ContentPart): JsonObject | null {
  switch (part.type) {
    case 'text':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text };
    case 'image':
      return toImage(part.url);
    case 'opaque':
      return part.raw['type'] === 'file' ? toDocument(part.raw) : toThinkingBlock(part.raw);
  }
}

export function toToolUse({ id, name, args }: ToolCall): JsonObject {
  // Only an object is taken. Arguments that were cut off are shown to the model as they were, not made up.
  const input = parseWritable(args.trim() || '{}') ?? { arguments: args };
  return { type: 'tool_use', id: toToolId(id), name, input };
}

export function toToolResult(toolCallId: string, content: readonly ContentPart[]): JsonObject {
  const blocks = toBlocks(content);
  const result = { type: 'tool_result', tool_use_id: toToolId(toolCallId) };
  return blocks.length === 0 ? result : { ...result, content: blocks };
}

/** Other providers put other characters into ids; call and result are renamed alike, and different ids stay different. */
function toToolId(id: string): string {
  return id.replaceAll(OUTSIDE_IDS, (unit) => `_${unit.charCodeAt(0).toString(16)}_`);
}

function toImage(url: string): JsonObject | null {
  if (!/^data:/i.test(url)) return { type: 'image', source: { type: 'url', url } };
  const [prefix, type] = INLINE_IMAGE.exec(url) ?? [];
  if (prefix === undefined || type === undefined) return null;
  const subtype = type.toLowerCase() === 'jpg' ? 'jpeg' : type.toLowerCase();
  return { type: 'image', source: base64Source(`image/${subtype}`, url.slice(prefix.length)) };
}

/** OpenAI's `file` part with its content inside. One that only names an uploaded file is unknown to Anthropic. */
function toDocument(raw: JsonObject): JsonObject | null {
  const file = objectField(raw, 'file') ?? {};
  const url = textField(file, 'file_data');
  const prefix = INLINE_PDF.exec(url)?.[0];
  if (prefix === undefined) return null;
  const title = textField(file, 'filename');
  const source = base64Source('application/pdf', url.slice(prefix.length));
  return { type: 'document', source, ...(title === '' ? {} : { title }) };
}

function base64Source(mediaType: string, data: string): JsonObject {
  return { type: 'base64', media_type: mediaType, data };
}
