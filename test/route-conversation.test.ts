// The promise: a conversation goes up whenever it has to, comes down only when that pays, never changes its tier in
// the middle of an agent's loop, and decides the same from its history alone as with a memory.

import { describe, expect, it, vi } from 'vitest';
import { decideRoute } from '../policy/plan-route.ts';
import type { DecidedRoute, RememberedRoute, RouteQuestion } from '../policy/route/route-question.ts';
import type { ChatMessage } from '../protocol/chat-request.ts';
import { answers, ask, chat, configOf, opinion, returns, says } from './support/route-question.ts';

const NOW_MS = 1_000_000_000;
const EASY = 'easy';
const HARD = 'hard';
const UNSURE = 'unsure';

/** The classifier of these tests reads the first word of the last turn. */
const PROBABILITIES: Readonly<Record<string, number>> = { [EASY]: 0.95, [HARD]: 0.1, [UNSURE]: 0.6 };

function classification(turns: readonly string[]) {
  return opinion(PROBABILITIES[turns.at(-1)?.split(' ')[0] ?? ''] ?? 0.95);
}

/** A chat in which each of these was answered, except the last. Every turn gets words of its own. */
function talk(...turns: readonly string[]): ChatMessage[] {
  const messages = turns.flatMap((turn, at) => [
    says('user', `${turn} number${at} about${at * 7}`),
    answers(`answer ${at}`),
  ]);
  return messages.slice(0, -1);
}

function decide(messages: readonly ChatMessage[], rest: Partial<RouteQuestion> = {}): DecidedRoute {
  const question = ask({
    request: chat({ messages }),
    classification,
    nowMs: NOW_MS,
    wishes: { answerCheck: 'off', locality: 'any', maxUsd: null },
    ...rest,
  });
  const decided = decideRoute(question);
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  return decided.value;
}

/** `tier stage first-reason` */
function told(messages: readonly ChatMessage[], rest: Partial<RouteQuestion> = {}): string {
  const { tier, stage, reasons } = decide(messages, rest).decision;
  return `${tier} ${stage} ${reasons[0]}`;
}

function remembered(tier: 'edge' | 'cloud', rest: Partial<RememberedRoute> = {}): RememberedRoute {
  const model = tier === 'edge' ? 'small' : 'large';
  return { tier, model, atMs: NOW_MS - 60_000, turns: 0, turnHash: 0, ...rest };
}

describe('going up', () => {
  it('is free at any time', () => {
    const up = expect.stringMatching(/^cloud classifier classifier p=0\.1/);
    expect(told(talk(EASY, EASY, HARD))).toEqual(up);
    expect(told(talk(EASY, EASY, HARD), { remembered: remembered('edge') })).toEqual(up);
  });
});

describe('coming down', () => {
  const CLOUD = { remembered: remembered('cloud') };

  it('a single easy turn stays in the cloud, with and without memory', () => {
    expect([told(talk(HARD, EASY), CLOUD), told(talk(HARD, EASY))]).toEqual([
      'cloud conversation sticky:cloud',
      'cloud conversation sticky:cloud',
    ]);
  });

  it('a second easy turn comes down when the history is short', () => {
    expect(told(talk(HARD, EASY, EASY))).toMatch(/^edge classifier/);
  });

  it('it stays while reading the history anew would cost more than the turns to come save', () => {
    // The edge and the cloud of these tests cost 0.1 and 1 USD for a million tokens in, 0.2 and 4 out. With H tokens of
    // history leaving costs 0.75 × 1.1 × H and a turn saves 0.25 × 0.9 × H + 400 × 3.8, so one turn pays up to H = 2533.
    const messages = talk(HARD, EASY, EASY);
    const sizeOf = (history: readonly ChatMessage[]): number =>
      history
        .flatMap((message) => message.content)
        .reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0);
    const share = sizeOf(messages.slice(0, -1)) / sizeOf(messages);
    expect([
      told(messages, { inputTokens: 2_530 / share }),
      told(messages, { inputTokens: 2_540 / share }),
    ]).toEqual([expect.stringMatching(/^edge classifier/), 'cloud conversation sticky:cloud']);
  });

  it('a longer run of easy turns comes down from a longer history', () => {
    const run = [EASY, EASY, EASY];
    expect([
      told(talk(HARD, EASY, EASY), { inputTokens: 5_000 }),
      told(talk(HARD, ...run, EASY), { inputTokens: 5_000 }),
    ]).toEqual(['cloud conversation sticky:cloud', expect.stringMatching(/^edge classifier/)]);
  });

  it('a probability barely above the threshold does not come down, and ends a run of easy turns', () => {
    expect([told(talk(HARD, EASY, EASY, UNSURE)), told(talk(HARD, UNSURE, EASY))]).toEqual([
      expect.stringMatching(/^edge/),
      'cloud conversation sticky:cloud',
    ]);
    expect(told(talk(EASY, EASY, UNSURE), CLOUD)).toBe('cloud conversation sticky:cloud');
  });

  it('after the configured silence it is free', () => {
    const config = configOf({ routing: { conversation: { idle_seconds: 600 } } });
    const after = (seconds: number) =>
      told(talk(HARD, EASY), { config, remembered: remembered('cloud', { atMs: NOW_MS - seconds * 1000 }) });
    expect([after(600), after(601)]).toEqual([
      'cloud conversation sticky:cloud',
      expect.stringMatching(/^edge classifier/),
    ]);
  });

  it('stickiness can be switched off', () => {
    const config = configOf({ routing: { conversation: { sticky: false } } });
    expect(told(talk(HARD, EASY), { config, ...CLOUD })).toMatch(/^edge classifier/);
  });

  it('the counterfactual of a sticky route is a new conversation', () => {
    expect(decide(talk(HARD, EASY)).decision.counterfactual).toBe('edge in a new conversation (p=0.95)');
  });
});

describe('the model within a tier', () => {
  it('stays the one that the conversation had, while it can serve', () => {
    const tools = remembered('edge', { model: 'small-tools' });
    expect(decide(talk(EASY, EASY), { remembered: tools }).decision.model).toBe('small-tools');
  });

  it('changes when it cannot', () => {
    const request = chat({
      messages: talk(EASY, EASY),
      tools: [{ type: 'function', function: { name: 'f' } }],
    });
    expect(decide([], { request, remembered: remembered('edge') }).decision.model).toBe('small-tools');
  });
});

describe('an agent’s loop', () => {
  const LOOP = [...talk(EASY), answers('', 'call_1'), returns('call_1', 'hard hard hard')];

  it('stays where it is remembered, and the classifier is not asked', () => {
    const asked = vi.fn(classification);
    expect(told(LOOP, { remembered: remembered('cloud'), classification: asked })).toBe(
      'cloud conversation lock:tools',
    );
    expect(told(LOOP, { remembered: remembered('edge'), classification: asked })).toBe(
      'edge conversation lock:tools',
    );
    expect(asked).not.toHaveBeenCalled();
  });

  it('without memory stays where its task is', () => {
    const hard = [...talk(HARD), answers('', 'call_1'), returns('call_1', 'easy')];
    expect([told(LOOP), told(hard)]).toEqual([
      'edge conversation lock:tools',
      'cloud conversation lock:tools',
    ]);
  });

  it('without memory is found in the cloud when its conversation is sticky there', () => {
    const messages = [...talk(HARD, EASY), answers('', 'call_1'), returns('call_1')];
    expect(told(messages)).toBe('cloud conversation lock:tools');
  });

  it('is not freed by idleness, and not by repetition', () => {
    const old = remembered('edge', { atMs: 0 });
    expect(told(LOOP, { remembered: old })).toBe('edge conversation lock:tools');
  });

  it('is free again with the next words of the person', () => {
    expect(told([...LOOP, answers('done'), says('user', 'hard thing')])).toMatch(/^cloud classifier/);
  });

  it('gives way to a gate: a model that cannot serve is no use to it', () => {
    const image = { type: 'image', url: 'data:image/png;base64,AA==' } as const;
    const messages: ChatMessage[] = [
      { role: 'user', content: [{ type: 'text', text: EASY }, image] },
      ...LOOP.slice(1),
    ];
    expect(told(messages, { remembered: remembered('edge') })).toBe('cloud gate gate:vision');
  });

  it('a harness’s results without the person’s words lock as well; a picture of the person does not', () => {
    const ownText = (text: string) => text.replace(/<r>.*<\/r>/, '').trim();
    const image: ChatMessage = {
      role: 'user',
      content: [{ type: 'image', url: 'data:image/png;base64,AA==' }],
    };
    const config = configOf({ routing: { stages: { gates: false } } });
    const start = [...talk(EASY), answers('let me look')];
    expect([
      told([...start, says('user', '<r>hard</r>')], { ownText }),
      told([...start, image], { ownText, config }),
    ]).toEqual(['edge conversation lock:loop', expect.stringMatching(/^edge classifier/)]);
  });
});

describe('asking again', () => {
  const AGAIN = 'easy question about the moons of mars';
  const REPEATED = [says('user', AGAIN), answers('three'), says('user', AGAIN)];

  it('goes up, says how it was asked, and the classifier is not run', () => {
    const asked = vi.fn(classification);
    expect([
      told(REPEATED, { classification: asked }),
      told([says('user', AGAIN), answers('three'), says('user', 'no, that is wrong')], {
        classification: asked,
      }),
    ]).toEqual(['cloud conversation repeat', 'cloud conversation complaint']);
    expect(asked).not.toHaveBeenCalled();
  });

  it('the same history once more is a regenerate, unless the client retries by itself', () => {
    const messages = talk(EASY);
    const { remember } = decide(messages);
    expect([
      told(messages, { remembered: remember }),
      told(messages, { remembered: remember, isRetry: true }),
      told([says('user', 'easy other words')], { remembered: remember }),
    ]).toEqual([
      'cloud conversation regenerate',
      expect.stringMatching(/^edge classifier/),
      expect.stringMatching(/^edge classifier/),
    ]);
  });

  it('the same short words later in the conversation are no regenerate', () => {
    const first = [says('user', 'easy ok')];
    const { remember } = decide(first);
    expect(told([...first, answers('a'), ...first], { remembered: remember })).toMatch(/^edge classifier/);
  });

  it('the conversation stays up afterwards, found out from its history', () => {
    expect(told([...REPEATED, answers('two'), says('user', 'easy next question')])).toBe(
      'cloud conversation sticky:cloud',
    );
  });

  it('can be switched off; a complaint is then as hard as what it complains about', () => {
    const config = configOf({ routing: { conversation: { escalate_on_repeat: false, sticky: false } } });
    const complaint = (task: string) => [says('user', task), answers('three'), says('user', 'that is wrong')];
    expect([
      told(REPEATED, { config }),
      told(complaint('easy one'), { config }),
      told(complaint('hard one'), { config }),
      told(REPEATED, { config, remembered: decide(REPEATED).remember }),
    ]).toEqual([
      expect.stringMatching(/^edge classifier/),
      expect.stringMatching(/^edge classifier/),
      expect.stringMatching(/^cloud classifier/),
      expect.stringMatching(/^edge classifier/),
    ]);
  });
});

describe('without memory', () => {
  it('decides what an unbroken memory decides, turn by turn', () => {
    const script = [EASY, HARD, EASY, EASY, EASY, HARD, EASY, UNSURE, EASY, EASY];
    let route: RememberedRoute | null = null;
    const pairs = script.map((_, at) => {
      const messages = talk(...script.slice(0, at + 1));
      const withMemory: DecidedRoute = decide(messages, { remembered: route });
      route = { ...withMemory.remember, atMs: NOW_MS };
      return [withMemory.decision.tier, decide(messages).decision.tier];
    });
    expect(pairs.map(([known]) => known)).toEqual(pairs.map(([, replayed]) => replayed));
    expect(pairs.map(([known]) => known).join(' ')).toBe(
      'edge cloud cloud edge edge cloud cloud cloud cloud edge',
    );
  });

  it('asks the classifier a bounded number of times, however long the history', () => {
    const asked = vi.fn(classification);
    decide(talk(...Array.from({ length: 200 }, () => EASY)), { classification: asked });
    expect(asked.mock.calls.length).toBeLessThanOrEqual(8);
  });
});
