// The response of a generation: its headers, and its body as a stream or as one JSON object.

import type { Routed } from '../protocol/answer-check.ts';
import type { Refusal } from '../protocol/errors.ts';
import { toHttpError } from '../protocol/errors.ts';
import type { GenerationFacts } from '../protocol/projection.ts';
import { ok, type Result } from '../protocol/result.ts';
import { encodeUnnumbered } from '../protocol/sse.ts';
import { projectorFor } from '../dialects/projectors.ts';
import type { FormatLetter } from '../protocol/cursor.ts';
import type { ConversationClient } from './conversation-client.ts';
import type { DirectAnswer } from './direct-answer.ts';
import { addStreamHeaders, generationHeaders, routedOf } from './generation-headers.ts';
import type { PipelineOutcome } from './pipeline.ts';
import { resilientBody } from './resilient-body.ts';
import { respondRefusal } from './respond.ts';
import { followCallOf } from './start-generation.ts';
import type { FollowCall } from '../protocol/conversation-call.ts';

export async function respondStarted(
  outcome: Extract<PipelineOutcome, { type: 'started' }>,
): Promise<Response> {
  const { started, options, link, phases } = outcome;
  const { plan } = started;
  const headersWith = (routed: Routed | null): Headers =>
    generationHeaders({
      plan,
      routed,
      conversation: options.conversation,
      link: started.type === 'owned' ? link : null,
      phases,
    });
  if (started.type === 'direct') return respondDirect(started.answer, plan.request.stream, headersWith);
  const { response, client } = started;
  const headers = headersWith(routedOf(plan, response));
  if (!plan.request.stream) return new Response(response.body, { headers: withJson(headers) });
  addStreamHeaders(headers);
  return new Response(followedBody(response.body, client, followCallOf(plan, null)), { headers });
}

async function respondDirect(
  answer: DirectAnswer,
  isStream: boolean,
  headersWith: (routed: Routed | null) => Headers,
): Promise<Response> {
  if (isStream) {
    const headers = headersWith(answer.routed);
    addStreamHeaders(headers);
    return new Response(answer.stream(), { headers });
  }
  const completion = await answer.whole();
  if (completion.type === 'completion')
    return Response.json(completion.body, { headers: withJson(headersWith(answer.routed)) });
  return respondRefusal({ reason: 'generation_failed', failure: completion.code, retryAfterMs: null });
}

/** A body that follows its stream again when the object is reset; `call` names the stream and the format. */
export function followedBody(
  body: ReadableStream<Uint8Array> | null,
  client: ConversationClient,
  call: FollowCall,
): ReadableStream<Uint8Array> | null {
  if (body === null) return null;
  return resilientBody(body, {
    follow: async (cursor) => bodyOf(await client.follow({ ...call, cursor: cursor ?? call.cursor })),
    failureFrame: (refusal) => failureFrame(call.format, refusal),
  });
}

function bodyOf(followed: Result<Response, Refusal>): Result<ReadableStream<Uint8Array> | null, Refusal> {
  return followed.ok ? ok(followed.value.body) : followed;
}

function failureFrame(format: FormatLetter, refusal: Refusal): Uint8Array {
  const { error } = toHttpError(refusal).body;
  const frame = projectorFor(format, NO_FACTS).failure(error.code, error.message);
  return new TextEncoder().encode(encodeUnnumbered(frame));
}

/** A failure frame shows nothing of its generation. */
const NO_FACTS: GenerationFacts = {
  generation: '',
  streamId: '',
  model: '',
  createdMs: 0,
  includeUsage: false,
};

function withJson(headers: Headers): Headers {
  headers.set('content-type', 'application/json');
  headers.set('cache-control', 'no-store');
  return headers;
}
