// What happens to an answer whose upstream is lost, kind by kind: another model goes on, tool calls and JSON keep to their
// rules, a stall counts as a loss, and whoever leaves meanwhile takes every call along.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { LeavingClient, type Leaving } from './support/leaving-client.ts';
import { startProduct, testModels, type Product } from './support/product.ts';
import { readChat, readTyped, type ReadAnswer } from './support/read-answer.ts';
import { fetchSse, readSse, type SseReading } from './support/read-sse.ts';

const IDLE_MS = 1500;
const HEARTBEAT_MS = 200;
const MAX_CONTINUATIONS = 3;
const CLOSED_WITHIN_MS = 250;

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  const [small, large] = testModels;
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url },
    config: {
      models: [
        small,
        large,
        { ...large, id: 'other', upstream_model: 'other-upstream' },
        { ...large, id: 'alone', upstream_model: 'alone-upstream' },
      ],
      failover: {
        on_upstream_loss: 'continue',
        fallbacks: { large: ['other'], alone: [] },
        breaker: false,
        max_continuations: MAX_CONTINUATIONS,
      },
      timeouts: { idle_ms: IDLE_MS, heartbeat_ms: HEARTBEAT_MS },
    },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

const SAID = 'The harbour was quiet that morning, and the first boat ';
const REST = 'left the pier at six.';

type Asked = {
  readonly model?: string;
  readonly fields?: object;
  readonly headers?: Record<string, string>;
  readonly begin: (call: HeldCall) => void;
};

type Begun = {
  readonly call: HeldCall;
  readonly response: Response;
  readonly chat: SseReading;
  /** Reads to the end, then once more in the typed format. */
  readonly toTheEnd: () => Promise<{ readonly chat: ReadAnswer; readonly typed: ReadAnswer }>;
  /** Resolves when the reader has so much of what was sent. */
  readonly until: (part: string) => Promise<void>;
};

/** Plays the first call up to what `begin` says, and has the head. */
async function ask({ model = 'large', fields = {}, headers = {}, begin }: Asked): Promise<Begun> {
  const next = upstream.next();
  const posted = fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model,
      stream: true,
      messages: [{ role: 'user', content: 'Tell me.' }],
      ...fields,
    }),
  });
  const call = await next;
  begin(call);
  const response = await posted;
  const chat = readSse(response);
  const id = response.headers.get('x-edgeways-stream');
  return {
    call,
    response,
    chat,
    until: (part) => chat.until(() => chat.text().includes(part)),
    toTheEnd: async () => {
      await chat.end;
      const typed = await fetchSse(`${product.url}/v1/streams/${id}?format=typed`);
      await typed.end;
      return { chat: readChat(chat), typed: readTyped(typed) };
    },
  };
}

const begins = (call: HeldCall): void => call.text(SAID);

/** The model's faithful continuation after an instruction that quotes the last words. */
function goesOn(call: HeldCall, rest: string, isLost = false): void {
  const instruction = JSON.stringify(call.body.messages.at(-1));
  const anchor = /<last>(.*)<\/last>/.exec((JSON.parse(instruction) as { content: string }).content)?.[1];
  call.text(`${anchor ?? ''}${rest}`);
  if (isLost) call.end();
  else call.finish();
}

describe('a lost answer', () => {
  it('is gone on with by the next model, which is named from there on', async () => {
    const { call, response, until, toTheEnd } = await ask({ begin: begins });
    await until('first boat');
    let next = upstream.next();
    call.reset();
    const same = await next;
    next = upstream.next();
    same.refuse(503); // the same model first, because a reset does not say that it is down
    const other = await next;
    goesOn(other, ` ${REST}`);
    const { chat, typed } = await toTheEnd();
    expect([same.body.model, other.body.model]).toEqual(['large-upstream', 'other-upstream']);
    expect(response.headers.get('x-edgeways-model')).toBe('large');
    expect(chat).toMatchObject({ text: SAID + REST, ends: ['stop'], models: ['large', 'other'], faults: [] });
    expect(typed).toMatchObject({
      text: SAID + REST,
      ends: ['stop'],
      models: ['large', 'other'],
      faults: [],
    });
    expect(typed.names.slice(0, 4)).toEqual(['route', 'text_delta', 'route_changed', 'continued']);
  });

  it('is an error with the partial kept for a request that asked for no continuation', async () => {
    const calls = upstream.calls.length;
    const { call, until, toTheEnd } = await ask({
      headers: { 'x-edgeways-on-upstream-loss': 'error' },
      begin: begins,
    });
    await until('first boat');
    call.reset();
    const { chat, typed } = await toTheEnd();
    expect(chat).toMatchObject({ text: SAID, ends: ['upstream_failed'], faults: [] });
    expect(typed).toMatchObject({ text: SAID, ends: ['upstream_failed'], faults: [] });
    expect(upstream.calls.length).toBe(calls + 1);
  });

  it('is lost when nothing comes any more: the next model goes on', async () => {
    const { call, until, toTheEnd } = await ask({ begin: begins });
    await until('first boat');
    const next = upstream.next();
    const other = await next;
    expect([await call.closed, other.body.model]).toEqual(['peer', 'other-upstream']);
    goesOn(other, ` ${REST}`);
    const { chat } = await toTheEnd();
    expect(chat).toMatchObject({ text: SAID + REST, ends: ['stop'], faults: [] });
  });

  it('is an error with all that was shown when nobody can go on', async () => {
    const { call, until, toTheEnd } = await ask({ model: 'alone', begin: begins });
    await until('first boat');
    upstream.play((later) => later.refuse(503));
    call.reset();
    const { chat, typed } = await toTheEnd();
    upstream.play(null);
    expect(chat).toMatchObject({ text: SAID, ends: ['upstream_failed'], faults: [] });
    expect(typed.names).toEqual(['route', 'text_delta', 'failed']);
  });

  it.each([
    ['is whole when the last attempt says the rest', MAX_CONTINUATIONS, 'stop'],
    ['is an error when they are used up', MAX_CONTINUATIONS + 1, 'upstream_failed'],
  ])('may be lost again %s', async (_, losses, end) => {
    const before = upstream.calls.length;
    const { call, until, toTheEnd } = await ask({ model: 'alone', begin: begins });
    await until('first boat');
    upstream.play((later) => {
      const part = upstream.calls.length - before - 1;
      goesOn(later, ` and then boat number ${part}, with sails of its own`, part < losses);
    });
    call.reset();
    const { chat, typed } = await toTheEnd();
    upstream.play(null);
    const parts = Array.from(
      { length: MAX_CONTINUATIONS },
      (_part, at) => ` and then boat number ${at + 1}, with sails of its own`,
    );
    expect(chat).toMatchObject({ text: SAID.trimEnd() + parts.join(''), ends: [end], faults: [] });
    expect(typed.names.filter((name) => name === 'continued')).toHaveLength(MAX_CONTINUATIONS);
    expect(upstream.calls.length).toBe(before + 1 + MAX_CONTINUATIONS);
  });

  it('is gone on with as well when it has no log', async () => {
    const { call, chat, until, response } = await ask({
      model: 'alone',
      headers: { 'x-edgeways-resumable': 'false' },
      begin: begins,
    });
    await until('first boat');
    const next = upstream.next();
    call.reset();
    goesOn(await next, ` ${REST}`);
    await until('[DONE]');
    expect([response.headers.get('x-edgeways-resumable'), readChat(chat).text]).toEqual([
      'false',
      SAID + REST,
    ]);
  });

  it('that was whole is a completion without a sign of the loss (stream: false)', async () => {
    const next = upstream.next();
    const posted = fetch(`${product.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'alone', messages: [{ role: 'user', content: 'Tell me.' }] }),
    });
    const call = await next;
    call.text(SAID);
    const second = upstream.next();
    call.end(); // a close without a finish reason is a loss, too
    goesOn(await second, ` ${REST}`);
    const response = await posted;
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { choices: [{ message: { content: SAID + REST }, finish_reason: 'stop' }] },
    ]);
  });
});

const TOOLS = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];

function startsTool(call: HeldCall, args: string): void {
  const started = {
    index: 0,
    id: 'call_1',
    type: 'function',
    function: { name: 'weather', arguments: args },
  };
  call.delta({ tool_calls: [started] });
}

async function loseTool(again: string): Promise<{ chat: ReadAnswer; asked: HeldCall }> {
  const begun = await ask({
    model: 'alone',
    fields: { tools: TOOLS },
    begin: (call) => startsTool(call, '{"city":"Ber'),
  });
  await begun.until('Ber');
  upstream.play((later) => {
    startsTool(later, again);
    later.finish('tool_calls');
  });
  const next = upstream.next();
  begun.call.reset();
  const asked = await next;
  const { chat } = await begun.toTheEnd();
  upstream.play(null);
  return { chat, asked };
}

describe('a lost tool call', () => {
  it('is made again, and only the rest of its arguments goes out', async () => {
    const { chat, asked } = await loseTool('{"city":"Bergen"}');
    expect(asked.body.messages).toHaveLength(1);
    expect([chat.ends, chat.faults, chat.args]).toEqual([['tool_calls'], [], '{"city":"Bergen"}']);
  });

  it('that is made with other arguments ends the answer as an error', async () => {
    const { chat } = await loseTool('{"city":"Oslo"}');
    expect([chat.ends, chat.faults, chat.args]).toEqual([['upstream_failed'], [], '{"city":"Ber']);
  });
});

describe('a lost document', () => {
  const DOCUMENT = '{"name":"soup","serves":4,"steps":["cut","cook","salt"]}';
  const CUT = 24;
  const fields = { response_format: { type: 'json_object' } };
  const begin = (call: HeldCall): void => call.text(DOCUMENT.slice(0, CUT));

  it('is joined so that the whole is valid, and its rest goes out in one piece, once that is known', async () => {
    const { call, until, toTheEnd } = await ask({ model: 'alone', fields, begin });
    await until('serves');
    const next = upstream.next();
    call.reset();
    const again = await next;
    expect(again.body['response_format']).toBeUndefined();
    again.text(DOCUMENT.slice(0, CUT * 2), DOCUMENT.slice(CUT * 2)); // from scratch, as models do
    again.finish();
    const { chat, typed } = await toTheEnd();
    expect(typed.names).toEqual(['route', 'text_delta', 'continued', 'text_delta', 'done']);
    expect([JSON.parse(chat.text), chat.ends, chat.faults]).toEqual([JSON.parse(DOCUMENT), ['stop'], []]);
  });

  it('that does not become valid ends as an error with what was shown', async () => {
    const { call, until, toTheEnd } = await ask({ model: 'alone', fields, begin });
    await until('serves');
    upstream.play((later) => {
      later.text('and then we cook it.');
      later.finish();
    });
    call.reset();
    const { chat } = await toTheEnd();
    upstream.play(null);
    expect([chat.text, chat.ends, chat.faults]).toEqual([DOCUMENT.slice(0, CUT), ['upstream_failed'], []]);
  });
});

it('a lost code block goes on inside its fence, also when the model opens it again', async () => {
  const [said, rest] = ['Here it is:\n\n```js\nconst first = 1;\nconst second', ' = 2;\n```\n'];
  const { call, until, toTheEnd } = await ask({ model: 'alone', begin: (begun) => begun.text(said) });
  await until('second');
  const next = upstream.next();
  call.reset();
  const again = await next;
  again.text('```js\nconst first = 1;\nconst second', rest);
  again.finish();
  const { chat } = await toTheEnd();
  expect(chat).toMatchObject({ text: said + rest, ends: ['stop'], faults: [] });
});

describe('a client that leaves while its answer is gone on with', () => {
  let asked = 0;

  /** The first call is lost; the one that goes on is open, and says nothing yet or its first words. */
  async function duringContinuation(isSpeaking: boolean): Promise<{ client: LeavingClient; open: HeldCall }> {
    let next = upstream.next();
    const client = new LeavingClient(product, 'large', `leaving ${++asked}`);
    const first = await next;
    first.text(SAID);
    await client.until('first boat');
    next = upstream.next();
    first.reset();
    const open = await next;
    open.head();
    if (isSpeaking) {
      open.text('morning, and the first boat left the pier at six, with nobody on deck but ');
      await client.until('pier');
    }
    return { client, open };
  }

  it.each<[Leaving, boolean, number]>([
    ['stop', false, CLOSED_WITHIN_MS],
    ['stop', true, CLOSED_WITHIN_MS],
    ['reset', false, CLOSED_WITHIN_MS],
    ['reset', true, CLOSED_WITHIN_MS],
    ['fin', false, HEARTBEAT_MS * 1.25 + CLOSED_WITHIN_MS],
  ])(
    'by %s (the new call speaks: %s) closes every upstream call within %i ms',
    async (how, speaks, withinMs) => {
      const { client, open } = await duringContinuation(speaks);
      const calls = upstream.calls.length;
      const leftMs = await client.leave(how);
      expect(await open.closed).toBe('peer');
      expect(performance.now() - leftMs).toBeLessThan(withinMs);
      expect(upstream.calls.length).toBe(calls);
    },
  );

  it('by stop is told as stopped to whoever reads it later', async () => {
    const { call, response, until, toTheEnd } = await ask({ begin: begins });
    await until('first boat');
    const next = upstream.next();
    call.reset();
    const open = await next;
    open.head();
    const id = response.headers.get('x-edgeways-stream');
    await fetch(`${product.url}/v1/streams/${id}/stop`, { method: 'POST' });
    const { chat, typed } = await toTheEnd();
    expect([await open.closed, chat.text, chat.ends, typed.ends]).toEqual([
      'peer',
      SAID,
      ['stop'],
      ['stopped'],
    ]);
  });
});
