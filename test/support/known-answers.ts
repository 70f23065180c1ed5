// Clients that get their answer, in every way in which an answer is made: at once, checked, replaced, by another model,
// gone on with, repeated. Every kind gives the truths of its generations.

import {
  estimated,
  toldUsage,
  delayMsOf,
  piecesOf,
  post,
  idOf,
  truthOf,
  toldTtftMs,
  toDone,
  okJson,
  PART,
  type Kind,
} from './known-question.ts';
import type { ModelName, Truth } from './known-truth.ts';
import { answers, continues, pauses, refuses } from './numbered-upstream.ts';
import { readSse } from './read-sse.ts';

const REFUSAL = "I'm sorry, but I can't help with that request.";

const STREAMED_MODELS: readonly ModelName[] = ['small', 'large', 'other'];

export const streamed: Kind = async (question) => {
  const { stage, number } = question;
  const model = STREAMED_MODELS[number % 3] ?? 'small';
  const chunking = number % 5 === 0 ? 'strict' : 'batched';
  const [usage, delayMs] = [toldUsage(question, model), delayMsOf(question)];
  stage.upstream.expect(number, answers(piecesOf(question), usage, delayMs));
  const response = await post(question, { model, headers: { 'x-edgeways-durability': chunking } });
  await toDone(readSse(response));
  const id = idOf(response);
  return [truthOf(question, model, { id, chunking, usage, delayMs, ttftMs: await toldTtftMs(question, id) })];
};

export const whole: Kind = async (question) => {
  const { stage, number } = question;
  const model = number % 2 === 0 ? 'small' : 'large';
  const usage = toldUsage(question, model);
  stage.upstream.expect(number, answers(piecesOf(question), usage, delayMsOf(question)));
  const response = await okJson(await post(question, { model, stream: false }));
  return [truthOf(question, model, { id: idOf(response), chunking: 'whole', usage })];
};

export const direct: Kind = async (question) => {
  const { stage, number } = question;
  const model = number % 2 === 0 ? 'small' : 'large';
  const usage = toldUsage(question, model);
  stage.upstream.expect(number, answers(piecesOf(question), usage));
  const response = await post(question, { model, headers: { 'x-edgeways-resumable': 'false' } });
  await toDone(readSse(response));
  return [truthOf(question, model, { id: idOf(response), chunking: 'direct', usage })];
};

/** The classifier decides; who answered is what the upstream was asked. */
export const routed: Kind = async (question) => {
  const { stage, number } = question;
  const usage = toldUsage(question, 'small');
  stage.upstream.expect(number, answers(piecesOf(question), usage));
  const response = await post(question, { model: 'auto', headers: { 'x-edgeways-answer-check': 'off' } });
  await toDone(readSse(response));
  const asked = stage.upstream.callsOf(number)[0]?.body.model;
  const id = idOf(response);
  const ttftMs = await toldTtftMs(question, id);
  return [truthOf(question, asked === 'small-upstream' ? 'small' : 'large', { id, usage, ttftMs })];
};

export const failedOver: Kind = async (question) => {
  const { stage, number } = question;
  const asked = number % 2 === 0 ? 'small' : 'large';
  const usage = toldUsage(question, 'other');
  stage.upstream.expect(number, refuses(503), answers(piecesOf(question), usage));
  const response = await post(question, { model: asked });
  await toDone(readSse(response));
  const id = idOf(response);
  const ttftMs = await toldTtftMs(question, id);
  return [truthOf(question, 'other', { id, failovers: 1, usage, ttftMs })];
};

export const continued: Kind = async (question) => {
  const { stage, number } = question;
  const read = Promise.withResolvers<void>();
  const more = toldUsage(question, 'large');
  const loses = pauses(PART, read.promise, (call) => call.reset());
  stage.upstream.expect(number, loses, continues(' left the pier at six.', more));
  const response = await post(question, {});
  const reading = readSse(response);
  await reading.until(() => reading.text().includes('first boat'));
  read.resolve();
  await toDone(reading);
  const part = estimated(question, PART);
  const id = idOf(response);
  const facts: Partial<Truth> = {
    id,
    continuations: 1,
    // One answer: its prompt once, the words of both.
    usage: { ...part, output: part.output + more.output },
    calls: [part, more].map((usage) => ({ model: 'large', usage })),
    ttftMs: await toldTtftMs(question, id),
  };
  return [truthOf(question, 'large', facts)];
};

export const escalated: Kind = async (question) => {
  const { stage, number } = question;
  const [draft, usage] = [toldUsage(question, 'small'), toldUsage(question, 'large')];
  stage.upstream.expect(number, answers([REFUSAL], draft), answers(piecesOf(question), usage));
  const response = await okJson(await post(question, { model: 'auto', stream: false }));
  const calls = [
    { model: 'large', usage },
    { model: 'small', usage: draft },
  ] as const;
  const id = idOf(response);
  return [truthOf(question, 'large', { id, chunking: 'whole', check: 'bad', usage, calls })];
};

export const checked: Kind = async (question) => {
  const { stage, number } = question;
  const usage = toldUsage(question, 'small');
  stage.upstream.expect(number, answers(['There is an old lighthouse to see, ', 'and a market.'], usage));
  const response = await okJson(await post(question, { model: 'auto', stream: false }));
  return [truthOf(question, 'small', { id: idOf(response), chunking: 'whole', check: 'good', usage })];
};

/** Asked until it is repeated: an answer is kept after its end, when nobody waits any more. */
export const repeated: Kind = async (question) => {
  const { stage, number } = question;
  const model = number % 2 === 0 ? 'small' : 'large';
  const usage = toldUsage(question, model);
  stage.upstream.expect(number, answers(piecesOf(question), usage));
  const truths: Truth[] = [];
  for (;;) {
    const response = await post(question, { model, headers: { 'x-edgeways-cache': 'on' } });
    await toDone(readSse(response));
    const id = idOf(response);
    const isCached = response.headers.get('x-edgeways-cache') === 'hit';
    const ttftMs = await toldTtftMs(question, id);
    const paid = isCached ? { calls: [] } : {};
    truths.push(truthOf(question, model, { id, isCached, usage, ttftMs, ...paid }));
    if (isCached) return truths;
  }
};
