// Clients whose answer ends early: they stop it or leave, or the model fails, before its first word or after.

import {
  estimated,
  toldUsage,
  keyOf,
  post,
  idOf,
  truthOf,
  toldTtftMs,
  toDone,
  PART,
  type Kind,
} from './known-question.ts';
import { NO_USAGE, type Truth } from './known-truth.ts';
import { finishes, pauses, refuses, type Play } from './numbered-upstream.ts';
import { readSse } from './read-sse.ts';

export const stopped: Kind = async (question) => {
  const { stage, number } = question;
  const model = number % 2 === 0 ? 'small' : 'large';
  const never = new Promise<void>(() => undefined);
  stage.upstream.expect(number, pauses(PART, never, refuses(500)));
  const response = await post(question, { model });
  const reading = readSse(response);
  await reading.until(() => reading.text().includes('first boat'));
  const id = idOf(response);
  const { status } = await fetch(`${stage.url}/v1/streams/${id}/stop`, {
    method: 'POST',
    headers: keyOf(question),
  });
  if (status !== 204) throw new Error(`stop was answered with ${status}`);
  await toDone(reading);
  const usage = estimated(question, PART);
  const ttftMs = await toldTtftMs(question, id);
  return [truthOf(question, model, { id, outcome: 'stopped', usage, ttftMs })];
};

function leaving(headers: Readonly<Record<string, string>>, chunking: Truth['chunking']): Kind {
  return async (question) => {
    const { stage, number } = question;
    const model = number % 2 === 0 ? 'small' : 'large';
    const never = new Promise<void>(() => undefined);
    stage.upstream.expect(number, pauses(PART, never, refuses(500)));
    const response = await post(question, { model, headers });
    const reading = readSse(response);
    await reading.until(() => reading.text().includes('first boat'));
    await reading.leave();
    await stage.upstream.callsOf(number)[0]?.closed; // the product noticed
    const id = idOf(response);
    const ttftMs = chunking === 'direct' ? undefined : await toldTtftMs(question, id);
    const usage = estimated(question, PART);
    return [truthOf(question, model, { id, chunking, outcome: 'client_gone', usage, ttftMs })];
  };
}

export const left = leaving({ 'x-edgeways-on-disconnect': 'abort' }, 'batched');
export const leftDirect = leaving({ 'x-edgeways-resumable': 'false' }, 'direct');

const FAILURES: readonly { readonly play: Play; readonly code: string }[] = [
  { play: refuses(429), code: 'upstream_rate_limited' },
  { play: refuses(401), code: 'upstream_denied' },
  { play: refuses(400), code: 'upstream_rejected' },
  { play: refuses(500), code: 'upstream_failed' },
];

/** Before its first word, so the client gets a status. Calls after the first one are failovers to the same model. */
export const failed: Kind = async (question) => {
  const { stage, number } = question;
  const failure = FAILURES[number % FAILURES.length];
  if (failure === undefined) throw new Error('no failure');
  const isWhole = number % 2 === 0;
  stage.upstream.expect(number, failure.play);
  const response = await post(question, { model: 'alone', stream: !isWhole });
  const { error } = (await response.json()) as { readonly error: { readonly code: string } };
  if (error.code !== failure.code) throw new Error(`${error.code} in place of ${failure.code}`);
  const facts: Partial<Truth> = {
    chunking: isWhole ? 'whole' : 'batched',
    outcome: 'failed',
    failure: failure.code,
    failovers: stage.upstream.callsOf(number).length - 1,
  };
  return [truthOf(question, 'alone', facts)];
};

/** An answer without a word: it was paid for, and nobody saw it. */
export const empty: Kind = async (question) => {
  const { stage, number } = question;
  const usage = { ...toldUsage(question, 'alone'), output: 0 };
  stage.upstream.expect(number, (call) => finishes(call, usage));
  const response = await post(question, { model: 'alone' });
  const { error } = (await response.json()) as { readonly error: { readonly code: string } };
  if (error.code !== 'upstream_empty') throw new Error(error.code);
  const made = stage.upstream.callsOf(number).length;
  const calls = Array.from({ length: made }, () => ({ model: 'alone' as const, usage }));
  const facts: Partial<Truth> = {
    outcome: 'failed',
    failure: error.code,
    failovers: made - 1,
    usage: NO_USAGE,
  };
  return [truthOf(question, 'alone', { ...facts, calls })];
};

export const lost: Kind = async (question) => {
  const { stage, number } = question;
  const read = Promise.withResolvers<void>();
  stage.upstream.expect(
    number,
    pauses(PART, read.promise, (call) => call.reset()),
  );
  const headers = { 'x-edgeways-on-upstream-loss': 'error' };
  const response = await post(question, { model: 'alone', headers });
  const reading = readSse(response);
  await reading.until(() => reading.text().includes('first boat'));
  read.resolve();
  await reading.end;
  const { error } = JSON.parse(reading.events.at(-1)?.data ?? '{}') as {
    readonly error: { readonly code: string };
  };
  const usage = estimated(question, PART);
  return [truthOf(question, 'alone', { id: idOf(response), outcome: 'failed', failure: error.code, usage })];
};
