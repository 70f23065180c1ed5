// The local stand-in for an OpenAI-compatible cloud: `POST /v1/chat/completions`, streaming and not.
// No model runs, and every answer says so. Not in the production bundle: only worker/local.ts imports it.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { chatCompletion, chatLines } from './chat-lines.ts';
import type { StandInEnv } from './local-ai.ts';
import { pacedBy, pacedStream, Pause, type Pace } from './paced-stream.ts';
import { scriptedAnswer } from './scripted-answer.ts';
import { readQuestion } from './scripted-question.ts';

/** About what a large model behind the internet does. */
const CLOUD_PACE: Pace = { firstMs: 400, gapMs: 25 };

export class LocalCloud extends WorkerEntrypoint<StandInEnv> {
  override async fetch(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== 'POST' || pathname !== '/v1/chat/completions')
      return refusal(404, 'Unknown request URL');
    const body = await bodyOf(request);
    const question = body === null ? null : readQuestion(body);
    if (body === null || question === null) return refusal(400, 'The body must be JSON with messages');
    const model = typeof body['model'] === 'string' ? body['model'] : 'an unnamed model';
    const answer = scriptedAnswer(question, { tier: 'cloud', model });
    const pace = pacedBy(CLOUD_PACE, this.env.EDGEWAYS_STANDIN_SPEED);
    if (question.stream) {
      const { lines, last } = chatLines(answer, model, question.includeUsage);
      const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
      return new Response(pacedStream(lines, last, pace), { headers });
    }
    await new Pause().until(Date.now() + pace.firstMs + answer.pieces.length * pace.gapMs);
    return Response.json(chatCompletion(answer, model));
  }
}

async function bodyOf(request: Request): Promise<JsonObject | null> {
  try {
    const body: unknown = await request.json();
    return isJsonObject(body) ? body : null;
  } catch {
    return null; // not JSON: the caller answers 400, like a real server
  }
}

function refusal(status: number, message: string): Response {
  return Response.json(
    { error: { message, type: 'invalid_request_error', param: null, code: null } },
    { status },
  );
}
