// Sends one planned request and sees it through: what its reader does, what it measures, and what it says of the answer.
// Never rejects: whatever goes wrong is an outcome.

import { at } from './chat-frame.ts';
import { keyHeaders, requestBody, requestHeaders, type Message } from './chat-request.ts';
import { NOTHING_PLAYED, type Played, type PlayedOutcome } from './played.ts';
import type { PlannedRequest } from './plan-traffic.ts';
import { StreamReader } from './stream-reader.ts';
import { thumbsOf } from './thumbs.ts';

export type Stage = {
  readonly base: string;
  /** Names this run. */
  readonly run: string;
  /** Ids of the deployment's models. */
  readonly models: readonly string[];
  readonly histories: Map<number, readonly Message[]>;
  /** Aborted: nobody waits for answers any more. */
  readonly signal: AbortSignal;
};

export async function playRequest(planned: PlannedRequest, stage: Stage): Promise<Played> {
  try {
    return await play(planned, stage);
  } catch {
    // Aborted by us, or the connection failed before there was an answer.
    const outcome = stage.signal.aborted ? 'unfinished' : 'broken';
    return { ...NOTHING_PLAYED, outcome };
  }
}

async function play(planned: PlannedRequest, stage: Stage): Promise<Played> {
  const { base, run, models, histories, signal } = stage;
  const history = planned.turn === 0 ? [] : (histories.get(planned.conversation) ?? []);
  const startedMs = Date.now();
  const response = await fetch(`${base}/v1/chat/completions`, {
    method: 'POST',
    headers: requestHeaders(planned, run),
    body: requestBody(planned, history, models),
    signal,
  });
  if (response.status !== 200) return failedBefore(response);
  const told = toldByHead(response);
  if (planned.delivery === 'whole') return { ...told, ...(await readWhole(response, startedMs)) };
  const streamId = response.headers.get('x-edgeways-stream') ?? '';
  const isResumable = response.headers.get('x-edgeways-resumable') !== 'false';
  const answer = { base, streamId, isResumable, startedMs, signal };
  const reader = new StreamReader(answer, planned.behaviour);
  await reader.read(response);
  const outcome = signal.aborted && !reader.isEnded ? 'unfinished' : outcomeOf(reader);
  const { ttftMs, missing, duplicates, resumes, hasSecondReader, failure: code } = reader;
  const measured = { ttftMs, missing, duplicates, resumes, hasSecondReader, code };
  if (outcome !== 'completed') return { ...told, ...measured, outcome };
  const turn: Message[] = [
    { role: 'user', content: planned.text },
    { role: 'assistant', content: reader.text },
  ];
  if (reader.text !== '') histories.set(planned.conversation, [...history, ...turn]);
  const thumbs = await sayThumbs(planned, told.tier, { streamId, base, signal });
  return { ...told, ...measured, outcome, thumbs };
}

async function failedBefore(response: Response): Promise<Played> {
  const body: unknown = await response.json().catch(() => null);
  const code = String(at(body, 'error', 'code') ?? `status_${response.status}`);
  const isUpstream = at(body, 'error', 'type') === 'upstream_error';
  return { ...NOTHING_PLAYED, ...toldByHead(response), outcome: isUpstream ? 'failed' : 'refused', code };
}

function toldByHead({ headers }: Response): Played {
  const route = headers.get('x-edgeways-route');
  const isKnown = route === 'edge' || route === 'cloud';
  return {
    ...NOTHING_PLAYED,
    tier: isKnown ? route : null,
    isFailedOver: headers.get('x-edgeways-reason')?.includes('failover:') ?? false,
    isEscalated: headers.get('x-edgeways-answer-check')?.startsWith('escalated') ?? false,
    isCached: headers.get('x-edgeways-cache') === 'hit',
  };
}

async function readWhole(response: Response, startedMs: number): Promise<Pick<Played, 'outcome' | 'ttftMs'>> {
  const body: unknown = await response.json();
  const hasAnswer = at(body, 'choices', 0, 'message') !== undefined;
  return { outcome: hasAnswer ? 'completed' : 'broken', ttftMs: Date.now() - startedMs };
}

function outcomeOf(reader: StreamReader): PlayedOutcome {
  if (reader.hasLeft) return 'left';
  if (!reader.isEnded) return 'broken';
  if (reader.failure !== null) return 'failed';
  return reader.hasStopped ? 'stopped' : 'completed';
}

async function sayThumbs(
  planned: PlannedRequest,
  tier: Played['tier'],
  { streamId, base, signal }: { streamId: string; base: string; signal: AbortSignal },
): Promise<Played['thumbs']> {
  const thumbs = tier === null ? null : thumbsOf(planned, tier);
  if (thumbs === null) return null;
  const headers = { ...keyHeaders(), 'content-type': 'application/json' };
  const body = JSON.stringify({ stream: streamId, thumbs });
  const said = await fetch(`${base}/v1/feedback`, { method: 'POST', headers, body, signal });
  await said.body?.cancel();
  return said.ok ? thumbs : null;
}
