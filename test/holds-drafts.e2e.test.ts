// While a draft is held nothing of it is seen, and everything else goes on as ever: whoever stops, leaves, joins, looks
// on or breaks in that time finds one coherent end, no connection left open and every call in the account.

import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { inMib, peakResidentBytes } from './support/chaos-memory.ts';
import { startHeldUpstream, type HeldCall } from './support/held-upstream.ts';
import { startProduct, testModels, type Product } from './support/product.ts';
import { fetchSse, type SseEvent, type SseReading } from './support/read-sse.ts';
import {
  refuses,
  says,
  startScriptedTiers,
  UPSTREAM_USAGE,
  type ScriptedTiers,
  type TierScript,
} from './support/scripted-tiers.ts';

const EDGE = 'small-upstream';
const SECOND = 'second-upstream';
const CLOUD = 'large-upstream';

const QUESTION = 'How many apples are six times seven?';
const RIGHT = 'Six times seven is 42. The answer is 42.';
const CLOUD_TEXT = 'The answer is 42, because 6 times 7 is 42.';
const REFUSAL = "I'm sorry, but I can't help with that request.";

/**
 * What nobody reads any more is closed within this time. A client that leaves in order is noticed when something is
 * written: the first heartbeat after it is answered by a reset, which the second one finds. How fast that is is measured
 * in aborts-everywhere; here a busy machine must not pass for a call that is left open.
 */
const CLOSED_WITHIN_MS = 1000;

/** Says in its output when a promise rejects unseen. */
const ENTRY = new URL('support/tells-rejections.ts', import.meta.url);

const [small, large] = testModels;

const CONFIG = {
  models: [
    small,
    {
      ...small,
      id: 'second',
      upstream_model: SECOND,
      price: { input_usd_per_mtok: 2, output_usd_per_mtok: 20 },
    },
    { ...large, price: { input_usd_per_mtok: 10, output_usd_per_mtok: 100 } },
  ],
  routing: {
    threshold: 0.5,
    // Every probability is within half of a half: the classifier is never sure enough.
    answer_check: { band: 0.5, hold_ms: 400, budget_ms: 1500, second_opinion: 'second' },
  },
  // The head leaves long before a hold is over, so that a test has the stream's id in time.
  timeouts: { heartbeat_ms: 100, head_hold_ms: 100, first_content_ms: 3000, idle_ms: 3000 },
  local_limits: { concurrent_streams: 300 },
};

let tiers: ScriptedTiers;
let product: Product;

beforeAll(async () => {
  tiers = await startScriptedTiers();
  const vars = { OPENAI_BASE_URL: tiers.upstream.url, EDGE_BASE_URL: tiers.upstream.url };
  product = await startProduct({ vars, config: CONFIG, entry: ENTRY });
});

afterEach(() => {
  expect(product.output()).not.toMatch(/unhandled|"level":"error"/);
});

afterAll(async () => {
  await product.dispose();
  await tiers.upstream.dispose();
});

type Mode = 'prefix' | 'full';

type Asked = {
  readonly mode?: Mode;
  readonly headers?: Record<string, string>;
  readonly body?: object;
  readonly signal?: AbortSignal;
};

function requestOf({ mode = 'prefix', headers = {}, body = {}, signal }: Asked = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-edgeways-answer-check': mode, ...headers },
    body: JSON.stringify({
      model: 'auto',
      stream: true,
      stream_options: { include_usage: true },
      messages: [{ role: 'user', content: QUESTION }],
      ...body,
    }),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function ask(asked: Asked = {}): Promise<SseReading> {
  return fetchSse(`${product.url}/v1/chat/completions`, requestOf(asked));
}

function idOf({ response }: SseReading): string {
  return response.headers.get('x-edgeways-stream') ?? '';
}

function stop(streamId: string): Promise<Response> {
  return fetch(`${product.url}/v1/streams/${streamId}/stop`, { method: 'POST' });
}

type Event = Readonly<Record<string, unknown>> & { readonly type: string };

async function logOf(streamId: string): Promise<readonly Event[]> {
  const replay = await fetchSse(`${product.url}/v1/streams/${streamId}?format=typed`);
  await replay.end;
  return replay.events.map(({ data }) => JSON.parse(data) as Event);
}

type Decision = {
  readonly id: string;
  readonly outcome: {
    readonly shown: string;
    readonly end: string;
    readonly check: { readonly fault: string | null } | null;
    readonly costUsd: number;
  };
};

async function outcomeOf(streamId: string): Promise<Decision['outcome']> {
  return vi.waitFor(
    async () => {
      const text = await (await fetch(`${product.url}/v1/decisions?limit=5000`)).text();
      const lines = text.split('\n').filter((line) => line !== '');
      const found = lines
        .map((line) => JSON.parse(line) as Partial<Decision>)
        .find(({ id, outcome }) => id === streamId && outcome !== undefined);
      if (found?.outcome === undefined) throw new Error(`no decision for ${streamId}`);
      return found.outcome;
    },
    { timeout: 5000, interval: 50 },
  );
}

/** The calls since the last script, once there are so many. */
async function calls(count: number): Promise<readonly HeldCall[]> {
  const all = tiers.upstream.calls;
  await vi.waitFor(() => expect(tiers.asked().length).toBe(count), { timeout: 3000, interval: 5 });
  return all.slice(all.length - count);
}

/** How each call ended; `open` when one of them is not closed in time. */
async function closings(of: readonly HeldCall[]): Promise<readonly string[]> {
  const late = new Promise<'open'>((resolve) => setTimeout(resolve, CLOSED_WITHIN_MS, 'open'));
  return Promise.all(of.map((call) => Promise.race([call.closed, late])));
}

function textOf(events: readonly SseEvent[]): string {
  return events
    .filter(({ data }) => data !== '[DONE]')
    .map(({ data }) => (JSON.parse(data) as { choices?: { delta?: { content?: string } }[] }).choices)
    .map((choices) => choices?.[0]?.delta?.content ?? '')
    .join('');
}

const silent: TierScript = (call) => call.head();
const starts =
  (...texts: readonly string[]): TierScript =>
  (call) =>
    call.text(...texts);

type Phase = {
  readonly name: string;
  readonly mode: Mode;
  readonly scripts: Readonly<Record<string, TierScript>>;
  readonly asked: number;
  /** Text that was shown before the end. */
  readonly shown: string;
};

const PHASES: readonly Phase[] = [
  { name: 'before the first content', mode: 'prefix', scripts: { [EDGE]: silent }, asked: 1, shown: '' },
  { name: 'during the hold', mode: 'prefix', scripts: { [EDGE]: starts('Well, ') }, asked: 1, shown: '' },
  {
    name: 'during a check of whole drafts',
    mode: 'full',
    scripts: { [EDGE]: starts('Well, '), [SECOND]: starts('Hm, ') },
    asked: 2,
    shown: '',
  },
  {
    name: 'while the second opinion is still writing',
    mode: 'full',
    scripts: { [EDGE]: says(RIGHT), [SECOND]: starts('Hm, ') },
    asked: 2,
    shown: '',
  },
  {
    name: 'after the cloud was asked',
    mode: 'full',
    scripts: { [EDGE]: says(REFUSAL), [SECOND]: starts('Hm, '), [CLOUD]: silent },
    asked: 3,
    shown: '',
  },
  {
    name: 'after the draft was released',
    mode: 'prefix',
    scripts: { [EDGE]: starts('Six times ', 'seven') },
    asked: 1,
    shown: 'Six times seven',
  },
  {
    name: 'after the cloud began',
    mode: 'prefix',
    scripts: { [EDGE]: says(REFUSAL), [CLOUD]: starts('The ') },
    asked: 2,
    shown: 'The ',
  },
];

async function reached({ scripts, mode, asked, shown }: Phase, more: Asked = {}): Promise<SseReading> {
  tiers.script(scripts);
  const reading = await ask({ mode, ...more });
  await calls(asked);
  if (shown !== '') await reading.until((events) => textOf(events) === shown);
  return reading;
}

describe.each(PHASES)('$name', (phase) => {
  it('a stop ends the stream once, closes every call and starts no other', async () => {
    const reading = await reached(phase);
    const open = await calls(phase.asked);
    expect((await stop(idOf(reading))).status).toBe(204);
    const closed = await closings(open);
    expect(await reading.end).toBe('clean');
    const log = await logOf(idOf(reading));
    expect({
      closed: closed.includes('open'),
      asked: tiers.asked().length,
      text: textOf(reading.events),
      ends: reading.events.filter(({ data }) => data === '[DONE]').length,
      types: [...new Set(log.map(({ type }) => type))],
      reason: log.at(-1)?.['finish_reason'],
      end: (await outcomeOf(idOf(reading))).end,
    }).toEqual({
      closed: false,
      asked: phase.asked,
      text: phase.shown,
      ends: 1,
      types: phase.shown === '' ? ['route', 'done'] : ['route', 'text_delta', 'done'],
      reason: 'stopped',
      end: 'stopped',
    });
  });

  it.each(['abort', 'linger=1'])('a client that leaves closes every call (%s)', async (policy) => {
    const reading = await reached(phase, { headers: { 'x-edgeways-on-disconnect': policy } });
    const open = await calls(phase.asked);
    await reading.leave();
    if (policy !== 'abort') await new Promise((resolve) => setTimeout(resolve, 1000)); // the lingering itself
    expect(await closings(open)).not.toContain('open');
    expect([tiers.asked().length, (await logOf(idOf(reading))).at(-1)?.['finish_reason']]).toEqual([
      phase.asked,
      'stopped',
    ]);
  });

  it('a client without a log that leaves closes every call', async () => {
    const reading = await reached(phase, { headers: { 'x-edgeways-resumable': 'false' } });
    const open = await calls(phase.asked);
    await reading.leave();
    expect(await closings(open)).not.toContain('open');
    expect(tiers.asked().length).toBe(phase.asked);
  });
});

describe('what was drafted and never shown', () => {
  const drafted = 'x'.repeat(400);

  it.each([
    ['with a log', {}],
    ['without a log', { 'x-edgeways-resumable': 'false' }],
  ])('is paid for when the stream is stopped in the middle of the check (%s)', async (_how, headers) => {
    tiers.script({ [EDGE]: starts(drafted), [SECOND]: starts(drafted) });
    const before = await knownDecisions();
    const reading = await ask({ mode: 'full', headers });
    await calls(2);
    await new Promise((resolve) => setTimeout(resolve, 100)); // the texts have come: nothing outside tells so
    const isOwned = reading.response.headers.get('x-edgeways-resumable') === 'true';
    if (isOwned) await stop(idOf(reading));
    else await reading.leave();
    await vi.waitFor(async () => expect((await knownDecisions()).size).toBe(before.size + 1), {
      timeout: 5000,
    });
    const [id = ''] = [...(await knownDecisions())].filter((known) => !before.has(known));
    // A hundred tokens of each draft, at a dollar and twenty dollars a million; the input costs far less.
    expect((await outcomeOf(id)).costUsd).toBeGreaterThanOrEqual((100 * 1 + 100 * 20) / 1_000_000);
    if (!isOwned) return;
    const done = (await logOf(id)).at(-1);
    expect(done).toMatchObject({
      usage: { output_tokens: 100, estimated: true },
      usage_total: { output_tokens: 200, estimated: true },
    });
  });

  it('is in the record of an escalation, every call at its own price', async () => {
    tiers.script({ [EDGE]: says('The answer is 48.'), [SECOND]: says(RIGHT), [CLOUD]: says(CLOUD_TEXT) });
    const reading = await ask({ mode: 'full' });
    await reading.end;
    const { prompt_tokens: input, completion_tokens: output } = UPSTREAM_USAGE;
    const micro = input * (0.1 + 2 + 10) + output * (1 + 20 + 100);
    expect(await outcomeOf(idOf(reading))).toMatchObject({
      shown: 'cloud',
      end: 'completed',
      check: { fault: 'disagreement' },
      costUsd: expect.closeTo(micro / 1_000_000, 9),
    });
  });

  it('is nothing when both tiers refused the call', async () => {
    tiers.script({ [EDGE]: refuses(429), [SECOND]: refuses(429), [CLOUD]: refuses(503) });
    const reading = await ask({ mode: 'full' });
    await reading.end;
    expect([reading.response.status, tiers.asked().length]).toEqual([502, 3]);
  });
});

async function knownDecisions(): Promise<ReadonlySet<string>> {
  const text = await (await fetch(`${product.url}/v1/decisions?limit=5000`)).text();
  const lines = text.split('\n').filter((line) => line !== '');
  return new Set(
    lines
      .map((line) => JSON.parse(line) as Partial<Decision>)
      .flatMap(({ id, outcome }) => (id === undefined || outcome === undefined ? [] : [id])),
  );
}

describe('whoever looks on during a hold', () => {
  it('sees the same answer from id 0 on, with one model, in both formats; a poll tells that nothing is there yet', async () => {
    let finish = (): void => undefined;
    tiers.script({
      [EDGE]: (call) => {
        call.text(REFUSAL);
        finish = () => call.finish('stop', UPSTREAM_USAGE);
      },
      [SECOND]: says(RIGHT),
      [CLOUD]: says(CLOUD_TEXT),
    });
    const asked: Asked = { mode: 'full', headers: { 'idempotency-key': 'held-once' } };
    const first = await ask(asked);
    const url = `${product.url}/v1/streams/${idOf(first)}`;
    const [joined, chat, typed] = [
      await ask(asked),
      await fetchSse(`${url}?format=chat`),
      await fetchSse(url),
    ];
    const polled: unknown = await (await fetch(`${url}?wait=0`)).json();
    await typed.until((_, comments) => comments.length > 0);
    expect([polled, first.events, joined.response.headers.get('x-edgeways-joined')]).toEqual([
      { events: [], next: null, done: false },
      [],
      'true',
    ]);
    finish();
    await Promise.all([first, joined, chat, typed].map(({ end }) => end));
    expect([joined.events, chat.events]).toEqual([first.events, first.events]);
    const ids = typed.events.map(({ id }) => Number(id?.split('-').at(-1)));
    expect(ids).toEqual(ids.map((_, index) => index));
    const models = first.events
      .filter(({ data }) => data !== '[DONE]')
      .map(({ data }) => (JSON.parse(data) as { model: string }).model);
    expect([new Set(models), textOf(first.events), tiers.asked().length]).toEqual([
      new Set(['large']),
      CLOUD_TEXT,
      3,
    ]);
    expect(JSON.parse(typed.events[0]?.data ?? '{}')).toMatchObject({
      type: 'route',
      tier: 'cloud',
      model: 'large',
    });
  });

  it('gets the head while the draft is held, then heartbeats, also without a log', async () => {
    tiers.script({ [EDGE]: silent, [SECOND]: silent, [CLOUD]: says(CLOUD_TEXT) });
    const reading = await ask({ mode: 'full', headers: { 'x-edgeways-resumable': 'false' } });
    await reading.until((_, comments) => comments.length >= 3);
    expect([reading.events, reading.response.headers.get('x-edgeways-route')]).toEqual([[], 'pending']);
    expect([await reading.end, textOf(reading.events)]).toEqual(['clean', CLOUD_TEXT]);
  });
});

describe('an edge model that dies', () => {
  const cut: Readonly<Record<string, TierScript>> = {
    'before its head': (call) => call.reset(),
    'after its head': (call) => {
      call.head();
      call.reset();
    },
    'after its first words': (call) => {
      call.text('Six times ');
      setTimeout(() => call.reset(), 50);
    },
    'in the middle of an event': (call) => {
      call.raw('data: {"choices":[{"ind');
      call.end();
    },
    'without a sign of completeness': (call) => {
      call.text('Six times seven is 42.');
      call.end();
    },
    'with garbage': (call) => {
      call.raw('data: garbage\n\n');
      call.end();
    },
  };

  it.each(
    Object.keys(cut).flatMap((how) => (['prefix', 'full'] as const).map((mode) => [how, mode] as const)),
  )('%s is replaced by the cloud (%s)', async (how, mode) => {
    tiers.script({ [EDGE]: cut[how] ?? silent, [SECOND]: says(RIGHT), [CLOUD]: says(CLOUD_TEXT) });
    const reading = await ask({ mode });
    await reading.end;
    const log = await logOf(idOf(reading));
    expect([textOf(reading.events), log[0]?.['answer_check'], log.at(-1)?.type]).toEqual([
      CLOUD_TEXT,
      expect.objectContaining({ verdict: 'upstream_failed' }),
      'done',
    ]);
  });

  it('is given up at once: nobody waits for the second opinion about nothing', async () => {
    tiers.script({ [EDGE]: refuses(429), [SECOND]: starts('Hm, '), [CLOUD]: says(CLOUD_TEXT) });
    const startedMs = Date.now();
    const reading = await ask({ mode: 'full' });
    await reading.end;
    expect([textOf(reading.events), Date.now() - startedMs < 1000]).toEqual([CLOUD_TEXT, true]);
    expect(await closings(await calls(3))).toEqual(['us', 'peer', 'us']);
  });
});

it('a draft that was refused before its first word costs nothing', async () => {
  tiers.script({ [EDGE]: refuses(429), [CLOUD]: says(CLOUD_TEXT) });
  const reading = await ask();
  await reading.end;
  const last = (await logOf(idOf(reading))).at(-1);
  expect([last?.['usage'], last?.['usage_total']]).toEqual([
    expect.objectContaining({ input_tokens: 7, output_tokens: 3 }),
    undefined,
  ]);
});

describe('a cloud that was asked in its place', () => {
  it('and says nothing is no reason to hide a draft that can be shown', async () => {
    const empty: TierScript = (call) => call.finish('stop', UPSTREAM_USAGE);
    tiers.script({ [EDGE]: says(REFUSAL), [SECOND]: refuses(500), [CLOUD]: empty });
    const reading = await ask({ mode: 'full' });
    await reading.end;
    const log = await logOf(idOf(reading));
    expect([textOf(reading.events), log[0]?.['tier'], log.at(-1)]).toEqual([
      REFUSAL,
      'edge',
      expect.objectContaining({
        usage: expect.objectContaining({ input_tokens: 7, output_tokens: 3 }),
        usage_total: expect.objectContaining({ output_tokens: 6 }),
      }),
    ]);
  });

  it('and dies after its first word is an error with the partial kept, never the draft', async () => {
    tiers.script({
      [EDGE]: says(REFUSAL),
      [CLOUD]: (call) => {
        call.text('The answer ');
        setTimeout(() => call.reset(), 50);
      },
    });
    const reading = await ask();
    await reading.end;
    const log = await logOf(idOf(reading));
    expect([log.map(({ type }) => type), log.at(-1), log[0]?.['tier']]).toEqual([
      ['route', 'text_delta', 'error'],
      expect.objectContaining({ code: 'upstream_failed', partial: true }),
      'cloud',
    ]);
  });

  it('and dies too leaves one error, with the status that it has', async () => {
    tiers.script({ [EDGE]: (call) => call.reset(), [CLOUD]: (call) => call.reset() });
    const reading = await ask();
    await reading.end;
    expect(reading.response.status).toBe(502);
  });
});

describe('a draft', () => {
  it('of nothing but empty pieces is empty', async () => {
    tiers.script({
      [EDGE]: (call) => {
        call.text('', '', '');
        call.finish();
      },
      [CLOUD]: says(CLOUD_TEXT),
    });
    const reading = await ask();
    await reading.end;
    expect([textOf(reading.events), (await outcomeOf(idOf(reading))).check]).toEqual([
      CLOUD_TEXT,
      expect.objectContaining({ fault: 'empty' }),
    ]);
  });

  it.each([
    ['that thinks and says nothing', ''],
    ['that thinks and refuses', REFUSAL],
  ])('%s is replaced, its thoughts unseen', async (_how, text) => {
    tiers.script({
      [EDGE]: (call) => {
        call.delta({ reasoning_content: 'Let me see.' });
        if (text !== '') call.text(text);
        call.finish();
      },
      [SECOND]: says(RIGHT),
      [CLOUD]: says(CLOUD_TEXT),
    });
    for (const mode of ['prefix', 'full'] as const) {
      const reading = await ask({ mode });
      await reading.end;
      expect([mode, textOf(reading.events), reading.text().includes('Let me see')]).toEqual([
        mode,
        CLOUD_TEXT,
        false,
      ]);
    }
  });

  it('whose upstream told no usage is in the account by our own count', async () => {
    tiers.script({
      [EDGE]: (call) => {
        call.text(REFUSAL);
        call.finish('stop', null);
      },
      [CLOUD]: says(CLOUD_TEXT),
    });
    const reading = await ask();
    await reading.end;
    expect((await logOf(idOf(reading))).at(-1)).toMatchObject({
      usage: { output_tokens: 3, estimated: false },
      usage_total: { output_tokens: 3 + Math.ceil(REFUSAL.length / 4), estimated: true },
    });
  });

  /** Ten megabytes of many kinds, each within the limit of one event. */
  const pieces: Readonly<Record<string, (call: HeldCall) => boolean>> = {
    'long pieces': (call) => call.raw(chunk({ content: 'word '.repeat(20_000) })),
    'tiny pieces': (call) => call.raw(chunk({ content: '.' }).repeat(500)),
    thoughts: (call) => call.raw(chunk({ reasoning_content: 'hm '.repeat(20_000) })),
  };

  it.each(Object.keys(pieces))('of ten megabytes in %s is given up and takes little memory', async (kind) => {
    const flood: TierScript = (call) => {
      let sent = 0;
      const more = (): void => {
        if (!call.isOpen || sent > 100) return;
        sent += 1;
        pieces[kind]?.(call);
        setTimeout(more, 0);
      };
      more();
    };
    tiers.script({ [EDGE]: flood, [SECOND]: flood, [CLOUD]: says(CLOUD_TEXT) });
    const reading = await ask({ mode: 'full' });
    await reading.end;
    expect([textOf(reading.events), (await outcomeOf(idOf(reading))).check?.fault]).toEqual([
      CLOUD_TEXT,
      'too_long',
    ]);
    expect(await closings(await calls(3))).not.toContain('open');
  });
});

function chunk(delta: object): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
}

describe('a second opinion', () => {
  const endless: TierScript = (call) => {
    const more = (): void => {
      if (!call.isOpen) return;
      call.text('and so on ');
      setTimeout(more, 20);
    };
    more();
  };

  it.each([
    ['is endless', endless],
    ['never answers', silent],
    ['is not even taken', ((): void => undefined) satisfies TierScript],
  ])('that %s says nothing after the budget, and is closed', async (_how, script) => {
    tiers.script({ [EDGE]: says(RIGHT), [SECOND]: script });
    const reading = await ask({ mode: 'full' });
    await reading.end;
    expect(textOf(reading.events)).toBe(RIGHT);
    expect(await closings(await calls(2))).toEqual(expect.arrayContaining(['us', 'peer']));
  });
});

describe('a crash during a hold', () => {
  it.each(['strict', 'batched'])('ends for whoever comes back (%s)', async (durability) => {
    tiers.script({ [EDGE]: starts('Well, '), [SECOND]: starts('Hm, ') });
    const reading = await ask({ mode: 'full', headers: { 'x-edgeways-durability': durability } });
    await calls(2);
    await product.kill9();
    await reading.end;
    await product.restart();
    const log = await logOf(idOf(reading));
    expect(log).toEqual([expect.objectContaining({ type: 'error', code: 'interrupted', partial: false })]);
  });

  it('after an escalation loses nothing of what a strict log has shown', async () => {
    tiers.script({ [EDGE]: says(REFUSAL), [CLOUD]: starts('The answer ') });
    const reading = await ask({ headers: { 'x-edgeways-durability': 'strict' } });
    await reading.until((events) => textOf(events) === 'The answer ');
    await product.kill9();
    await reading.end;
    await product.restart();
    const url = `${product.url}/v1/streams/${idOf(reading)}?format=chat`;
    const again = await fetchSse(url);
    await again.end;
    expect(again.events.slice(0, 2)).toEqual(reading.events);
    expect(again.events.at(-1)?.data).toContain('"code":"interrupted"');
  });
});

describe('headers', () => {
  it.each(['prefix', 'full'] as const)('stay printable ASCII below 4 KiB (%s)', async (mode) => {
    tiers.script({ [EDGE]: says(RIGHT), [SECOND]: says(RIGHT) });
    const reading = await ask({
      mode,
      body: { messages: [{ role: 'user', content: `${QUESTION} ™ \u{1F34E} Привет` }] },
    });
    await reading.end;
    const headers = [...reading.response.headers];
    expect(headers.filter(([, value]) => !/^[\x20-\x7e]*$/.test(value))).toEqual([]);
    const bytes = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    expect(bytes).toBeLessThan(4096);
  });
});

describe('many at a time', () => {
  it('a hundred clients that leave at any moment leave no call open', async () => {
    const slow: TierScript = (call) => {
      setTimeout(() => call.text('Six times '), Math.random() * 100);
      setTimeout(() => call.text('seven is 42.'), 100 + Math.random() * 200);
    };
    tiers.script({ [EDGE]: slow, [SECOND]: slow, [CLOUD]: slow });
    const before = tiers.upstream.calls.length;
    const leave = async (index: number): Promise<void> => {
      const leaving = new AbortController();
      setTimeout(() => leaving.abort(), Math.random() * 600);
      const headers: Record<string, string> =
        index % 2 === 0 ? { 'x-edgeways-on-disconnect': 'abort' } : { 'x-edgeways-resumable': 'false' };
      const mode = index % 4 < 2 ? 'full' : 'prefix';
      try {
        await (
          await fetch(
            `${product.url}/v1/chat/completions`,
            requestOf({ mode, headers, signal: leaving.signal }),
          )
        ).text();
      } catch {
        // It left, as it should.
      }
    };
    // Ten at a time, or most of them would be gone before the product had read their requests.
    const inTurn = async (first: number): Promise<void> => {
      for (let index = first; index < 100; index += 10) await leave(index);
    };
    await Promise.all(Array.from({ length: 10 }, (_, first) => inTurn(first)));
    const made = tiers.upstream.calls.slice(before);
    await vi.waitFor(() => expect(made.filter(({ isOpen }) => isOpen)).toEqual([]), { timeout: 2000 });
    expect(made.length).toBeGreaterThan(100);
  }, 30_000);

  it('two hundred held drafts take little memory and all come out whole', async () => {
    const upstream = await startHeldUpstream();
    const config = {
      ...CONFIG,
      routing: { ...CONFIG.routing, answer_check: { ...CONFIG.routing.answer_check, budget_ms: 60_000 } },
      timeouts: { head_hold_ms: 100, heartbeat_ms: 1000 },
    };
    const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
    const crowded = await startProduct({ vars, config, entry: ENTRY });
    try {
      const text = longText();
      upstream.play((call) => call.text(text));
      const start = (asked: Asked): Promise<SseReading> =>
        fetchSse(`${crowded.url}/v1/chat/completions`, requestOf(asked));
      const round = async (asked: Asked, perStream: number): Promise<readonly SseReading[]> => {
        const since = upstream.calls.length;
        const readings: SseReading[] = [];
        // All are open at the end, but not all are opened in one moment: that would test the machine.
        for (let group = 0; group < 10; group++)
          readings.push(...(await Promise.all(Array.from({ length: 20 }, () => start(asked)))));
        const isAsked = (): void => expect(upstream.calls.length - since).toBe(perStream * 200);
        await vi.waitFor(isAsked, { timeout: 10_000 });
        for (const call of upstream.calls.slice(since)) call.finish();
        await Promise.all(readings.map(({ end }) => end));
        return readings;
      };
      // What two hundred streams take that hold nothing, and the heap they leave behind.
      for (let warmUp = 0; warmUp < 2; warmUp++) await round({ body: { model: 'cloud' } }, 1);
      const before = peakResidentBytes(crowded.pid());
      const readings = await round({ mode: 'full' }, 2);
      const grewBytes = peakResidentBytes(crowded.pid()) - before;
      console.log(
        `200 held drafts of ${text.length} characters: peak memory grew by ${inMib(grewBytes)} MiB`,
      );
      expect(readings.map(({ events }) => textOf(events) === text)).not.toContain(false);
      expect(crowded.output()).not.toMatch(/unhandled|"level":"error"/);
      expect(inMib(grewBytes)).toBeLessThan(160);
    } finally {
      await crowded.dispose();
      await upstream.dispose();
    }
  }, 60_000);
});

/** Some three thousand characters that repeat nothing: a draft that does is not shown. */
function longText(): string {
  const whose = ['Red', 'Green', 'Small', 'Old', 'Ripe', 'Sour', 'Late'];
  const what = ['apples', 'pears', 'baskets', 'trees', 'farmers', 'buyers'];
  const doing = [
    'wait',
    'travel',
    'count',
    'matter',
    'change',
    'fall',
    'rest',
    'sell',
    'grow',
    'win',
    'lose',
  ];
  return Array.from({ length: 100 }, (_, index) => {
    const words = [whose[(index * 5) % 7], what[(index * index) % 6], doing[(index * 7) % 11]];
    return `${words.join(' ')} for ${(index * 37) % 101} days.`;
  }).join(' ');
}
