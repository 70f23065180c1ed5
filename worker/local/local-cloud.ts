// The local stand-in for an OpenAI-compatible cloud: `POST /v1/chat/completions`, streaming and not.
// No model runs, and every answer says so. Not in the production bundle: only worker/local.ts imports it.

import { WorkerEntrypoint } from 'cloudflare:workers';
import { isJsonObject, type JsonObject } from '../../protocol/json.ts';
import { chatCompletion, chatLines } from './chat-lines.ts';
import { directedPace, directionsFor, type Directions, type Speaker } from './directions.ts';
import type { StandInEnv } from './local-ai.ts';
import { pacedBy, pacedStream, Pause, type Pace } from './paced-stream.ts';
import { scriptedAnswer } from './scripted-answer.ts';
import { readQuestion, type ScriptedQuestion } from './scripted-question.ts';

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
    const speaker: Speaker = { tier: 'cloud', model };
    const directions = directionsFor(body, question, speaker);
    const { failure } = directions;
    if (failure?.type === 'refused') throw new Error('nobody listens, as directed'); // the caller's fetch rejects
    if (failure?.type === 'status') return refusal(failure.status, 'Refused, as directed');
    return this.#answer(question, speaker, directions);
  }

  async #answer(question: ScriptedQuestion, speaker: Speaker, directions: Directions): Promise<Response> {
    const { model } = speaker;
    const { failure } = directions;
    const answer = scriptedAnswer(question, speaker, directions);
    const pace = pacedBy(directedPace(CLOUD_PACE, directions), this.env.EDGEWAYS_STANDIN_SPEED);
    if (question.stream) {
      const { lines, last } = chatLines(answer, model, question.includeUsage);
      const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
      const cutAfter = failure?.type === 'cut' ? failure.afterTokens : null;
      const told = failure?.type === 'empty' ? [] : lines;
      return new Response(pacedStream(told, last, pace, cutAfter), { headers });
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
