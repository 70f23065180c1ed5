// One answer on the models of one isolate, played by hand: what its calls tell of their upstreams, and what the reader
// gets. Runs in workerd, because an upstream's body is read with `readAtLeast`.

import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { EndpointEnv } from '../durable-objects/endpoints.ts';
import { healthOf } from '../durable-objects/isolate-health.ts';
import { LastingAnswer } from '../durable-objects/lasting-answer.ts';
import { ShownAnswer } from '../durable-objects/shown-answer.ts';
import type { StreamEvent } from '../protocol/events.ts';
import type { Candidate, FailoverPlan, UpstreamTarget } from '../protocol/plan.ts';
import type { AnswerEvent } from '../protocol/upstream-event.ts';
import { draftPlan } from './support/held-drafts.ts';
import { heldPlan } from './support/held-generation.ts';

const BUSY = new Error('3040: Capacity temporarily exceeded');
const BEGUN = 'Once upon a time the quick brown';
const WHOLE = `${BEGUN} fox.`;

type Inputs = { readonly messages: readonly unknown[] };
type Play = (model: string, inputs: Inputs) => Promise<ReadableStream<Uint8Array>>;

afterEach(() => vi.unstubAllGlobals());

function bodyOf(...frames: readonly string[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(frames.join(''));
  return new ReadableStream({
    type: 'bytes',
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

const said = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const FINISHED = `data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`;

function envOf(run: Play): EndpointEnv {
  return { HEALTH: env.HEALTH, AI: { run } };
}

function candidate(model: string, target: Partial<UpstreamTarget> = {}): Candidate {
  const own = { provider: 'workers-ai', endpoint: 'edge', upstreamModel: model, ...target };
  return { tier: 'edge', model, target: own, maxOutputTokens: 100, canPrefill: false, leavesOut: [] };
}

const FAILOVER: FailoverPlan = {
  onUpstreamLoss: 'continue',
  fallbacks: [],
  maxCalls: 4,
  maxContinuations: 3,
  hedges: false,
  breaks: true,
  retryRatio: 0.1,
};

/** Everything that came of an answer. */
async function answered(
  environment: EndpointEnv,
  candidates: readonly Candidate[],
  failover: Partial<FailoverPlan> = {},
): Promise<readonly AnswerEvent[]> {
  const events: AnswerEvent[] = [];
  const isShown = (event: AnswerEvent): event is AnswerEvent & StreamEvent =>
    !['finish', 'failure', 'logprobs', 'resume_point'].includes(event.type);
  const answer = new LastingAnswer({
    plan: { ...heldPlan({}), failover: { ...FAILOVER, ...failover } },
    candidates,
    env: environment,
    stop: new AbortController().signal,
    waitUntil: () => undefined,
    shown: () => events.filter(isShown),
  });
  for await (const batch of answer.batches()) events.push(...batch);
  return events;
}

function textOf(events: readonly AnswerEvent[]): string {
  return events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
}

function viewOf(environment: EndpointEnv): readonly unknown[] {
  const view = healthOf(environment).upstreams.view(Date.now());
  return view.map(({ key, calls, failures, state }) => [key, calls, failures, state]);
}

describe('what calls tell of their upstream', () => {
  it('answers that are lost once and end whole do not open the breaker', async () => {
    const environment = envOf(async (_model, { messages }) =>
      messages.length > 1 ? bodyOf(said(WHOLE), FINISHED) : bodyOf(said(BEGUN)),
    );
    const texts: string[] = [];
    for (let nth = 0; nth < 12; nth++) texts.push(textOf(await answered(environment, [candidate('a')])));
    expect([new Set(texts), healthOf(environment).upstreams.state('edge/a')]).toEqual([
      new Set([WHOLE]),
      'closed',
    ]);
  });

  it('an answer that is lost in its middle is a failure, whatever had come of it', async () => {
    const environment = envOf(async () => bodyOf(said(BEGUN)));
    for (let nth = 0; nth < 3; nth++)
      await answered(environment, [candidate('a')], { onUpstreamLoss: 'error' });
    expect(viewOf(environment)).toMatchObject([['edge/a', expect.any(Number), 3, expect.any(String)]]);
  });

  it('a draft is not asked of a model whose breaker is open: the cloud answers at once', async () => {
    const asked: string[] = [];
    const environment = envOf(async (model) => {
      asked.push(model);
      return bodyOf(said(WHOLE), FINISHED);
    });
    for (let nth = 0; nth < 5; nth++)
      healthOf(environment).upstreams.outcome(
        'edge/small',
        { type: 'failure', code: 'upstream_failed' },
        Date.now(),
      );
    const plan = { ...draftPlan({ mode: 'prefix' }), failover: FAILOVER };
    const events: AnswerEvent[] = [];
    const answer = new ShownAnswer({
      plan,
      env: environment,
      stop: new AbortController().signal,
      waitUntil: () => undefined,
      shown: () => [],
      onRouted: () => undefined,
    });
    for await (const batch of answer.batches()) events.push(...batch);
    expect([asked, textOf(events)]).toEqual([['cloud'], WHOLE]);
  });

  it('a call that fails is counted once, also when it was waited for beside a hedge', async () => {
    const first = Promise.withResolvers<never>();
    const environment = envOf((model) => {
      if (model === 'a') return first.promise;
      first.reject(BUSY);
      return Promise.reject(BUSY);
    });
    const { upstreams, budget } = healthOf(environment);
    for (let nth = 0; nth < 25; nth++)
      upstreams.outcome('edge/a', { type: 'success', firstTokenMs: 5 }, Date.now() - 61_000);
    budget.request(1, 3);
    await answered(environment, [candidate('a'), candidate('b')], { hedges: true, maxCalls: 2 });
    expect(viewOf(environment)).toEqual([
      ['edge/a', 1, 1, 'closed'],
      ['edge/b', 1, 1, 'closed'],
    ]);
  });
});

describe('an answer that is lost', () => {
  it('is gone on with by the only model, also when that is busy at first', async () => {
    let calls = 0;
    const environment = envOf(async () => {
      calls++;
      if (calls === 2) throw BUSY;
      return calls === 1 ? bodyOf(said(BEGUN)) : bodyOf(said(WHOLE), FINISHED);
    });
    const events = await answered(environment, [candidate('a')]);
    expect([calls, textOf(events), events.at(-1)?.type]).toEqual([3, WHOLE, 'finish']);
  });

  it('is not taken for gone on with because an upstream told where it could be taken up again', async () => {
    const event = (fields: { readonly type: string }): string =>
      `event: ${fields.type}\ndata: ${JSON.stringify(fields)}\n\n`;
    const methods: string[] = [];
    vi.stubGlobal('fetch', async (_url: string, init: RequestInit) => {
      methods.push(init.method ?? '');
      const created = { type: 'response.created', sequence_number: 0, response: { id: 'resp_1' } };
      const delta = { type: 'response.output_text.delta', sequence_number: 1, delta: 'brown' };
      return new Response(bodyOf(event(created), event(delta)));
    });
    let calls = 0;
    const environment = envOf(async () => {
      calls++;
      if (calls === 2) throw BUSY;
      return calls === 1 ? bodyOf(said(BEGUN)) : bodyOf(said(WHOLE), FINISHED);
    });
    const kept = candidate('b', {
      provider: 'openai-responses',
      endpoint: 'far',
      server: { baseUrl: 'https://far.invalid/v1', keyVariable: null },
      flavour: 'background',
    });
    const events = await answered(environment, [candidate('a'), kept]);
    expect([methods, textOf(events), events.filter(({ type }) => type === 'route_changed')]).toEqual([
      ['POST'],
      WHOLE,
      [],
    ]);
  });
});
