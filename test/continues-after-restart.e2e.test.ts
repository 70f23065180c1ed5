// The router itself dies in the middle of an answer and starts again on the same storage: the answer goes on where it was,
// for whoever comes back. The upstream outlives it, as upstreams do.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChaosReader, textsOf, type ReaderFormat, type Send } from './support/chaos-reader.ts';
import type { HeldCall } from './support/held-upstream.ts';
import { lostPartOf, LosingUpstream, wholeOf } from './support/losing-upstream.ts';
import { startProduct, type Product } from './support/product.ts';

const TO_THE_END = { cutAfterBytes: null, pauseMs: 0 };
const LOST_AFTER = 40;
const MAX_CONTINUATIONS = 3;

let upstream: LosingUpstream;
let product: Product;
let hasCrashed = false;

beforeAll(async () => {
  upstream = await LosingUpstream.start();
  product = await startProduct({
    vars: { OPENAI_BASE_URL: upstream.held.url, EDGE_BASE_URL: upstream.held.url },
    config: {
      failover: {
        on_upstream_loss: 'continue',
        max_continuations: MAX_CONTINUATIONS,
        fallbacks: { large: [], small: ['large'] },
        breaker: false,
      },
      timeouts: { head_hold_ms: 100 },
      local_limits: { concurrent_streams: 100 },
    },
  });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

const send: Send = (path, init) => fetch(product.url + path, init);

let asked = 0;

type Started = {
  readonly answer: string;
  readonly ask: string;
  readonly streamId: string;
  readonly response: Response;
};

function post(content: string, headers: Record<string, string> = {}, model = 'large'): Promise<Response> {
  return send('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] }),
  });
}

async function start(answer: string, headers: Record<string, string>): Promise<Started> {
  const ask = `restart ${++asked}`;
  const response = await post(JSON.stringify({ answer, tokens: LOST_AFTER, ask }), headers);
  expect(response.status).toBe(200);
  return { answer, ask, response, streamId: response.headers.get('x-edgeways-stream') ?? '' };
}

function readerOf({ streamId }: Started, format: ReaderFormat, isStrict: boolean): ChaosReader {
  const shared = { streamId, isStrict, byId: new Map<string, string>(), hasCrashed: () => hasCrashed };
  return new ChaosReader(format, shared, send);
}

type Sat = { readonly started: Started; readonly reader: ChaosReader; readonly sitting: Promise<unknown> };

/** Reads until everything is there that comes before the loss. */
async function sitDown(started: Started, format: ReaderFormat, isStrict: boolean): Promise<Sat> {
  const reader = readerOf(started, format, isStrict);
  if (format === 'typed') await started.response.body?.cancel();
  const sitting = format === 'chat' ? reader.read(started.response, TO_THE_END) : reader.follow(TO_THE_END);
  const said = lostPartOf({ answer: started.answer, tokens: LOST_AFTER });
  await expect
    .poll(() => textsOf(reader.applied).join('').length, { timeout: 20_000, interval: 5 })
    .toBeGreaterThanOrEqual(said.length);
  return { started, reader, sitting };
}

async function restart(sat: readonly Sat[] = []): Promise<void> {
  hasCrashed = true;
  await product.kill9();
  await Promise.all(sat.map(({ sitting }) => sitting));
  await product.restart();
}

async function comeBack({ reader }: Sat): Promise<void> {
  while ((await reader.follow(TO_THE_END)) !== 'done');
}

function textOf(reader: ChaosReader): string {
  return textsOf(reader.applied).join('');
}

/** Every row of every log of every conversation. */
async function stored({ persistDir } = product): Promise<string> {
  const files = await readdir(persistDir, { recursive: true });
  const texts = files
    .filter((file) => /Conversation.*\.sqlite$/.test(file))
    .map((file) => rowsOf(join(persistDir, file)));
  return texts.join('\n');
}

function rowsOf(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE name IN ('generation', 'page')")
      .all();
    return JSON.stringify(tables.map(({ name }) => database.prepare(`SELECT * FROM ${String(name)}`).all()));
  } finally {
    database.close();
  }
}

/** Asked by hand: the upstream says what the test says, and the reader has its head. */
async function startByHand(
  question: string,
  headers: Record<string, string> = {},
  model = 'large',
): Promise<{ readonly started: Started; readonly call: HeldCall }> {
  const next = upstream.held.next();
  const response = await post(question, headers, model);
  expect(response.status).toBe(200);
  const streamId = response.headers.get('x-edgeways-stream') ?? '';
  return { started: { answer: '', ask: '', response, streamId }, call: await next };
}

const STRICT = { 'x-edgeways-durability': 'strict' };
const SAID = 'The harbour was quiet that morning, and the first boat ';

/** In mid-answer, with the beginning read. */
async function inMidAnswer(
  question: string,
  headers: Record<string, string> = {},
  model = 'large',
): Promise<Sat> {
  const { started, call } = await startByHand(question, { ...STRICT, ...headers }, model);
  const reader = readerOf(started, 'chat', true);
  const sitting = reader.read(started.response, TO_THE_END);
  call.text(SAID);
  await expect.poll(() => textOf(reader), { interval: 5 }).toBe(SAID);
  return { started, reader, sitting };
}

/** What is kept of the decision and its outcome. */
async function recordOf({ started }: Sat): Promise<unknown> {
  const lines = (await (await send('/v1/decisions')).text()).split('\n').filter((line) => line !== '');
  return lines
    .map((line): unknown => JSON.parse(line))
    .find((line) => Reflect.get(Object(line), 'id') === started.streamId);
}

function lastOf({ reader }: Sat): string {
  return reader.applied.at(-1)?.data ?? '';
}

const ANSWERS = ['english', 'chinese', 'emoji', 'python', 'equal rows', 'json object'];

describe('a restart in mid-answer', () => {
  it.each<ReaderFormat>(['chat', 'typed'])(
    'loses nothing of a strict one: the %s reader that follows has it whole',
    async (format) => {
      const sat = await Promise.all(
        ANSWERS.map(async (answer) => sitDown(await start(answer, STRICT), format, true)),
      );
      await restart(sat);
      await Promise.all(sat.map(comeBack));
      expect(sat.map(({ reader }) => textOf(reader))).toEqual(ANSWERS.map((answer) => wholeOf({ answer })));
      expect(sat.map(({ started }) => upstream.callsOf(started.ask).length)).toEqual(ANSWERS.map(() => 2));
      expect(sat.map(({ reader }) => reader.losses)).toEqual(ANSWERS.map(() => 0));
    },
    60_000,
  );

  it('of a batched one is told to typed readers by a reset, and the answer is whole after it', async () => {
    const sat = await Promise.all(
      ANSWERS.map(async (answer) => sitDown(await start(answer, {}), 'typed', false)),
    );
    await restart(sat);
    await Promise.all(sat.map(comeBack));
    expect(sat.map(({ reader }) => textOf(reader))).toEqual(ANSWERS.map((answer) => wholeOf({ answer })));
    const resets = sat.filter(({ reader }) => reader.losses > 0).length;
    console.log(`batched: ${resets} of ${ANSWERS.length} typed readers were reset`);
    expect(resets).toBeGreaterThan(0);
  }, 60_000);

  it('of a batched one gives chat readers the rest, or a 409 and then the whole', async () => {
    const sat = await Promise.all(
      ANSWERS.map(async (answer) => sitDown(await start(answer, {}), 'chat', false)),
    );
    await restart(sat);
    await Promise.all(sat.map(comeBack));
    expect(sat.map(({ reader }) => textOf(reader))).toEqual(ANSWERS.map((answer) => wholeOf({ answer })));
  }, 60_000);

  it('is an interruption for a request that asked for no continuation', async () => {
    const sat = await inMidAnswer('no continuation', { 'x-edgeways-on-upstream-loss': 'error' });
    const calls = upstream.held.calls.length;
    await restart([sat]);
    await comeBack(sat);
    expect(lastOf(sat)).toContain('"code":"interrupted"');
    expect([textOf(sat.reader), upstream.held.calls.length]).toEqual([SAID, calls]);
  });

  it('ends the answer when it happens more often than an answer may be gone on with', async () => {
    const sat = await inMidAnswer('again and again');
    for (let restarts = 0; restarts < MAX_CONTINUATIONS; restarts++) {
      const next = upstream.held.next();
      await restart([sat]);
      await sat.reader.poll(0);
      await next; // it says nothing: nothing of this epoch is ever shown
    }
    const calls = upstream.held.calls.length;
    await restart();
    await comeBack(sat);
    expect(lastOf(sat)).toContain('"code":"interrupted"');
    expect([textOf(sat.reader), upstream.held.calls.length]).toEqual([SAID, calls]);
  }, 60_000);

  it('leaves the answer with the model that had taken it over', async () => {
    const sat = await inMidAnswer('taken over', {}, 'small');
    const [first] = upstream.held.calls.slice(-1);
    let next = upstream.held.next();
    first?.reset();
    const same = await next;
    next = upstream.held.next();
    same.refuse(503);
    const other = await next;
    const shown = `${SAID}left the pier at six, with nobody on deck `;
    other.text(shown);
    await expect.poll(() => textOf(sat.reader).length, { interval: 5 }).toBeGreaterThan(SAID.length);
    next = upstream.held.next();
    await restart([sat]);
    const followed = comeBack(sat);
    const last = await next;
    last.text(`${shown}but the cat.`);
    last.finish();
    await followed;
    expect([last.body.model, textOf(sat.reader)]).toEqual(['large-upstream', `${shown}but the cat.`]);
    const models = sat.reader.applied.flatMap(({ data }) => /"model":"(\w+)"/.exec(data)?.[1] ?? []);
    expect([...new Set(models)]).toEqual(['small', 'large']);
    await expect.poll(() => recordOf(sat)).toMatchObject({ chosen: 'edge', outcome: { shown: 'cloud' } });
  });

  it('before the first token asks again, and the reader that comes back has the answer', async () => {
    const { started } = await startByHand('nothing was said yet', STRICT);
    const reader = readerOf(started, 'chat', true);
    const sitting = reader.read(started.response, TO_THE_END);
    const next = upstream.held.next();
    await restart([{ started, reader, sitting }]);
    const followed = reader.follow(TO_THE_END);
    const call = await next;
    call.text('All of it.');
    call.finish();
    expect([await followed, textOf(reader)]).toEqual(['done', 'All of it.']);
  });

  it('leaves an answer without readers to its disconnect policy', async () => {
    const sat = await inMidAnswer('nobody stays', { 'x-edgeways-on-disconnect': 'linger=1' });
    const next = upstream.held.next();
    await restart([sat]);
    // A cursor of the other format: the log is looked up, so the answer goes on, and its asker is sent away.
    const headers = { 'last-event-id': sat.reader.applied.at(-1)?.id ?? '' };
    const refused = await send(`/v1/streams/${sat.started.streamId}?format=typed`, { headers });
    const call = await next;
    const startedMs = performance.now();
    expect([refused.status, await call.closed]).toEqual([409, 'peer']);
    expect(performance.now() - startedMs).toBeLessThan(3000);
    await comeBack(sat);
    expect([lastOf(sat), textOf(sat.reader)]).toEqual(['[DONE]', SAID]);
  });

  it('leaves a stop as it is: who stops the stream ends it', async () => {
    const sat = await inMidAnswer('to be stopped');
    await restart([sat]);
    const stopped = await send(`/v1/streams/${sat.started.streamId}/stop`, { method: 'POST' });
    await comeBack(sat);
    expect([stopped.status, lastOf(sat), textOf(sat.reader)]).toEqual([204, '[DONE]', SAID]);
    await expect.poll(() => upstream.held.calls.filter(({ isOpen }) => isOpen).length).toBe(0);
  });

  it('needs the prompt on disk while the answer runs, and not longer', async () => {
    const sat = await inMidAnswer('a very secret question');
    expect(await stored()).toContain('a very secret question');
    const next = upstream.held.next();
    await restart([sat]);
    const followed = comeBack(sat);
    const call = await next;
    call.text(`${SAID}left the pier.`);
    call.finish();
    await followed;
    expect(textOf(sat.reader)).toBe(`${SAID}left the pier.`);
    const rows = await stored();
    expect([rows.includes('left the pier'), rows.includes('a very secret question')]).toEqual([true, false]);
  });
});

describe('a restart before the head has gone out', () => {
  let patient: Product;

  beforeAll(async () => {
    patient = await startProduct({
      vars: { OPENAI_BASE_URL: upstream.held.url, EDGE_BASE_URL: upstream.held.url },
      config: {
        failover: { on_upstream_loss: 'continue', breaker: false },
        timeouts: { head_hold_ms: 30_000 },
      },
    });
  });

  afterAll(() => patient.dispose());

  it('breaks the request; the same one again, by its idempotency-key, joins the answer that is asked for anew', async () => {
    const postOnce = (): Promise<Response> =>
      fetch(`${patient.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'once', ...STRICT },
        body: JSON.stringify({
          model: 'large',
          stream: true,
          messages: [{ role: 'user', content: 'before the head' }],
        }),
      });
    let next = upstream.held.next();
    const broken = postOnce().then(
      ({ status }) => status,
      () => 'broken',
    );
    await next;
    await expect.poll(() => stored(patient)).toContain('before the head');
    await patient.kill9();
    expect(await broken).toBe('broken');
    await patient.restart();
    next = upstream.held.next();
    const joined = postOnce();
    const call = await next;
    call.text('All of it.');
    call.finish();
    const response = await joined;
    expect([response.status, response.headers.get('x-edgeways-joined')]).toEqual([200, 'true']);
    expect(await response.text()).toContain('All of it.');
  });
});
