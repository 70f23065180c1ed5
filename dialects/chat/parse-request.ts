// A chat completion request → the canonical request, once, at the edge; everything inside trusts the result.
// Invariant: a refusal names the field and what to send instead, and never repeats what was sent.

import * as v from 'valibot';
import type { ChatRequest } from '../../protocol/chat-request.ts';
import type { Refusal } from '../../protocol/errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../protocol/json.ts';
import { ok, refuse, type Result } from '../../protocol/result.ts';
import { nestsDeeper } from '../../protocol/nesting.ts';
import { REQUEST, metadataOf, samplingOf, type RequestFields } from './request-schema.ts';

export type ChatRequestLimits = { readonly maxMessages: number };

/** JSON Schemas of real tools nest some twenty levels; more than this is only seen in attacks. */
const MAX_NESTING = 64;

/** A path holds keys that the client chose (`logit_bias`); it is for reading, not for carrying a body back. */
const MAX_PARAM_LENGTH = 100;

/** `body`: the parsed JSON body. Refuses with `invalid_request` only. */
export function parseChatRequest(body: unknown, limits: ChatRequestLimits): Result<ChatRequest, Refusal> {
  if (!isJsonObject(body)) return invalid(null, 'The request body must be a JSON object.');
  const { maxMessages } = limits;
  const messages = body['messages'];
  if (Array.isArray(messages) && messages.length > maxMessages) {
    return invalid(
      'messages',
      `messages must have at most ${maxMessages} entries. Drop or summarise old ones.`,
    );
  }
  if (nestsDeeper(body, MAX_NESTING)) {
    return invalid(null, `The request body nests deeper than ${MAX_NESTING} levels. Flatten it.`);
  }
  const parsed = v.safeParse(REQUEST, body, { abortEarly: true });
  if (parsed.success) return ok(toChatRequest(parsed.output));
  const [issue] = parsed.issues;
  const path = pathOf(issue.path ?? []);
  return invalid(path, `${path ?? 'The request body'} ${isMissing(issue) ? missing(path) : issue.message}.`);
}

function toChatRequest(fields: RequestFields): ChatRequest {
  const { tool_choice: toolChoice, response_format: responseFormat } = fields;
  const metadata = metadataOf(fields);
  return {
    model: fields.model,
    messages: fields.messages,
    stream: fields.stream ?? false,
    includeUsage: fields.stream_options?.include_usage ?? false,
    maxOutputTokens: fields.max_completion_tokens ?? fields.max_tokens ?? null,
    tools: fields.tools ?? [],
    ...(isSent(toolChoice) ? { toolChoice } : {}),
    ...(isSent(responseFormat) && responseFormat['type'] !== 'text' ? { responseFormat } : {}),
    ...(metadata === null ? {} : { metadata }),
    parameters: samplingOf(fields),
  };
}

function isSent<Value extends JsonValue | JsonObject>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

type Path = readonly v.IssuePathItem[];

/** `messages[3].content[0].text`; null for the body itself. */
function pathOf(path: Path): string | null {
  let text = '';
  for (const { key } of path) {
    if (typeof key === 'number') text += `[${key}]`;
    else text += text === '' ? String(key) : `.${String(key)}`;
  }
  return text === '' ? null : text.slice(0, MAX_PARAM_LENGTH);
}

function isMissing(issue: v.BaseIssue<unknown>): boolean {
  const last = issue.path?.at(-1);
  return last !== undefined && 'origin' in last && last.origin === 'key' && last.value === undefined;
}

function missing(path: string | null): string {
  return path === 'model' ? 'is required: send "auto" to let the router choose' : 'is required';
}

function invalid(param: string | null, message: string): Result<ChatRequest, Refusal> {
  return refuse({ reason: 'invalid_request', param, message });
}
