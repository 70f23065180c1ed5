// The promise: after an answer was shown the other tier answers unseen and a judge compares, one pair at a time,
// bounded, paid for visibly; nothing of it can fail, delay or leak an answer.

import { env } from 'cloudflare:workers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Shadows, shownText, type ShadowedPlan, type ShadowOutcome } from '../durable-objects/shadow.ts';
import type { FinishReason, StreamEvent } from '../protocol/events.ts';
import type { UpstreamTarget } from '../protocol/plan.ts';
import { NO_USAGE } from '../protocol/usage.ts';

afterEach(() => vi.restoreAllMocks());

const ID = 's_stream';
const USAGE = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
/** One call of USAGE at a dollar for a million tokens each way. */
const CALL_USD = 0.0015;

function targetOf(upstreamModel: string): UpstreamTarget {
  return { provider: 'openai', endpoint: 'cloud', upstreamModel };
}

const PLAN: ShadowedPlan = {
  streamId: ID,
  createdMs: 5,
  tenantObject: 'tenant',
  request: {
    model: 'auto',
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What is 2+2?' }] }],
    stream: false,
    includeUsage: false,
    maxOutputTokens: 4_000,
    tools: [],
    parameters: {},
  },
  limits: {
    connectMs: 1_000,
    firstContentMs: 1_000,
    idleMs: 1_000,
    totalMs: 800_000,
    headHoldMs: 0,
    heartbeatMs: 1_000,
    maxUpstreamEventBytes: 100_000,
    maxAnswerBytes: 100_000,
    maxFollowers: 1,
    retentionMs: 1_000,
  },
  locality: 'any',
  inputTokens: 10,
  prices: {
    large: { inputUsdPerMtok: 1, outputUsdPerMtok: 1 },
    wise: { inputUsdPerMtok: 1, outputUsdPerMtok: 1 },
  },
  shadow: {
    other: { tier: 'cloud', model: 'large', target: targetOf('large') },
    judge: { model: 'wise', target: targetOf('wise') },
  },
};

const SHOWN = { tier: 'edge', text: 'The shown answer.' } as const;

type Asked = { readonly model: string; readonly max_completion_tokens: number; readonly messages: object };
type Answer = Response | Promise<Response>;

/** A chat stream that says this and ends. */
function says(text: string, reason = 'stop'): Response {
  const chunk = (delta: object, finish: string | null): string =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }], usage: finish && USAGE })}\n\n`;
  const body = `${chunk({ content: text }, null)}${chunk({}, reason)}data: [DONE]\n\n`;
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}

/** Shadows whose models are played by `play`, with what was asked and reported. */
function staged(play: (asked: Asked) => Answer): {
  readonly shadows: Shadows;
  readonly asked: readonly Asked[];
  readonly reports: readonly ShadowOutcome[];
} {
  const asked: Asked[] = [];
  const reports: ShadowOutcome[] = [];
  const fetchPlayed = async (_url: string, init: RequestInit): Promise<Response> => {
    const body = JSON.parse(String(init.body)) as Asked;
    asked.push(body);
    return play(body);
  };
  const LOCAL_CLOUD = { fetch: fetchPlayed } as unknown as Fetcher; // all that is called of it
  const report = async (outcome: ShadowOutcome): Promise<void> => void reports.push(outcome);
  return { shadows: new Shadows({ env: { HEALTH: env.HEALTH, LOCAL_CLOUD }, report }), asked, reports };
}

/** The judge gives the answer that it sees as the shown one this score. */
function judging(shown: number, other: number): (asked: Asked) => Response {
  return ({ model, messages }) => {
    if (model === 'large') return says('Another answer.');
    const text = JSON.stringify(messages);
    const isShownFirst = text.indexOf(SHOWN.text) < text.indexOf('Another answer.');
    return says(JSON.stringify(isShownFirst ? { a: shown, b: other } : { a: other, b: shown }));
  };
}

describe('a shadow pair', () => {
  it.each([0, 0.99])(
    'gives one label and what both calls cost, whichever answer stands first (draw %d)',
    async (draw) => {
      vi.spyOn(Math, 'random').mockReturnValue(draw);
      const { shadows, asked, reports } = staged(judging(2, 5));
      await shadows.run(PLAN, SHOWN);
      expect(asked.map(({ model, max_completion_tokens: limit }) => [model, limit])).toEqual([
        ['large', 512],
        ['wise', 1_024],
      ]);
      expect(reports).toEqual([
        {
          id: ID,
          createdMs: 5,
          tenantObject: 'tenant',
          feedback: { id: ID, atMs: expect.any(Number), kind: 'judge', reward: 0.25, edgeGood: 0 },
          costUsd: 2 * CALL_USD,
        },
      ]);
    },
  );

  it.each<[string, (asked: Asked) => Response, number, number]>([
    ['the other answer was cut', () => says('Another', 'length'), 1, CALL_USD],
    ['the other model fails', () => new Response('{}', { status: 500 }), 1, 0],
    ['the other answer is empty', () => says(' '), 1, CALL_USD],
    [
      'the judge explains itself',
      ({ model }) => says(model === 'wise' ? 'A is better' : 'Another'),
      2,
      2 * CALL_USD,
    ],
  ])('gives no label, only its cost, when %s', async (_, play, calls, costUsd) => {
    const { shadows, asked, reports } = staged(play);
    await shadows.run(PLAN, SHOWN);
    expect([asked.length, reports]).toEqual([
      calls,
      [{ id: ID, createdMs: 5, tenantObject: 'tenant', feedback: null, costUsd }],
    ]);
  });

  it.each<[string, Partial<ShadowedPlan>, Parameters<Shadows['run']>[1]]>([
    ['the text may not leave the edge', { locality: 'edge-only' }, SHOWN],
    ['the other tier was shown in the end', {}, { ...SHOWN, tier: 'cloud' }],
    ['nothing was shown', {}, { ...SHOWN, text: '\n' }],
    ['a shadow would be cut where the shown answer was not', {}, { ...SHOWN, text: 'x'.repeat(2_401) }],
  ])('is not asked for when %s', async (_, changes, shown) => {
    const { shadows, asked, reports } = staged(judging(5, 5));
    const errors = vi.spyOn(console, 'error');
    await shadows.run({ ...PLAN, ...changes }, shown);
    expect([asked, reports, errors.mock.calls]).toEqual([[], [], []]);
  });

  it('runs alone: while one runs, others are left out', async () => {
    const held = Promise.withResolvers<void>();
    const { shadows, asked, reports } = staged(async (call) => {
      await held.promise;
      return judging(4, 4)(call);
    });
    const first = shadows.run(PLAN, SHOWN);
    await Promise.all([shadows.run(PLAN, SHOWN), shadows.run(PLAN, SHOWN)]);
    held.resolve();
    await first;
    await shadows.run(PLAN, SHOWN);
    expect([asked.map(({ model }) => model), reports.length]).toEqual([
      ['large', 'wise', 'large', 'wise'],
      2,
    ]);
  });

  it('that cannot be reported, or has no such upstream, disturbs nobody', async () => {
    const errors = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const report = (): Promise<void> => Promise.reject(new Error('the secret text'));
    const LOCAL_CLOUD = { fetch: async () => says('Another answer.') } as unknown as Fetcher;
    await new Shadows({ env: { HEALTH: env.HEALTH, LOCAL_CLOUD }, report }).run(PLAN, SHOWN);
    await new Shadows({ env: { HEALTH: env.HEALTH }, report }).run(PLAN, SHOWN);
    expect(errors.mock.calls.map(([line]) => String(line))).toEqual([
      '{"level":"error","where":"shadow","error":"Error"}',
      '{"level":"error","where":"shadow","error":"Error"}',
    ]);
  });
});

describe('the text that was shown', () => {
  const timing = { first_token_ms: 1, total_ms: 2 };
  const done = (reason: FinishReason): StreamEvent => {
    return { type: 'done', finish_reason: reason, usage: NO_USAGE, timing };
  };
  const text = (part: string): StreamEvent => ({ type: 'text_delta', text: part });
  const tool: StreamEvent = {
    type: 'tool_start',
    index: 0,
    id: 'c',
    tool: 't',
    args: '',
    status: 'executing',
  };

  it('is the whole text of an answer that ended by itself, and nothing else', () => {
    const logs = [
      [text('Hello '), { type: 'thinking', text: 'hm' } as const, text('you'), done('stop')],
      [text('Hello'), done('length')],
      [text('Hello'), done('stopped')],
      [text('Hello'), tool, done('stop')],
      [text('Hello')],
    ];
    expect(logs.map(shownText)).toEqual(['Hello you', null, null, null, null]);
  });
});
