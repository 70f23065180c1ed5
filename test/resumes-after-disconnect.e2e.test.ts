// A lost connection loses nothing: fetch, npm `eventsource` and curl come back with the last id they received and
// get exactly the rest; and every odd cursor gets the answer that the contract names.

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { once } from 'node:events';
import { EventSource } from 'eventsource';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomFault, startCutStream, type CutStream } from './support/cut-streams.ts';
import { startCuttingProxy, type CuttingProxy } from './support/cutting-proxy.ts';
import { startHeldUpstream, type HeldCall, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, TEST_SECRET, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';
import { Random } from './support/replay-random.ts';

const HEARTBEAT_MS = 200;

let upstream: HeldUpstream;
let product: Product;
let proxy: CuttingProxy;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  product = await startProduct({ vars: urls(), config: { timeouts: { heartbeat_ms: HEARTBEAT_MS } } });
  proxy = await startCuttingProxy(product.url);
});

afterAll(async () => {
  await proxy.dispose();
  await product.dispose();
  await upstream.dispose();
});

function urls(): Record<string, string> {
  return { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url };
}

describe('a connection that is cut at random bytes', () => {
  for (const format of ['typed', 'chat'] as const) {
    it(`is taken up again by fetch without a gap or a duplicate, ${format} format`, async () => {
      const outcomes: unknown[] = [];
      for (let seed = 1; seed <= 12; seed++) {
        const stream = await startCutStream({ upstream, product, proxy, seed, faults: 10 });
        outcomes.push(await followThroughCuts(stream, format));
      }
      expect(outcomes).toEqual(
        outcomes.map(() => ({ gaps: 0, duplicates: 0, text: 'exact', terminals: 1, last: 204 })),
      );
    });
  }

  it('is taken up again by npm eventsource, which then stops asking', async () => {
    const streams: CutStream[] = [];
    for (let seed = 101; seed <= 106; seed++) {
      streams.push(await startCutStream({ upstream, product, proxy, seed, faults: 3 }));
    }
    const outcomes = await Promise.all(streams.map(followByEventSource));
    expect(outcomes).toEqual(
      streams.map(({ texts }) => ({
        text: texts.join(''),
        frames: Array.from({ length: texts.length + 2 }, (_, frame) => frame),
        requestsAfterEnd: 1,
      })),
    );
  });
});

/** Follows until the terminal frame, coming back with the last id after each cut. */
async function followThroughCuts(stream: CutStream, format: 'typed' | 'chat'): Promise<object> {
  const url = `${proxy.url}/v1/streams/${stream.streamId}?format=${format}`;
  const seen: { id: string; data: string }[] = [];
  let lastId: string | null = null;
  for (;;) {
    const headers = lastId === null ? {} : { 'last-event-id': lastId };
    const reading: SseReading | null = await fetchSse(url, { headers }).catch(() => null);
    if (reading === null) continue; // the head was lost
    const end = await reading.end;
    for (const { id, data } of reading.events) if (id !== null) seen.push({ id, data });
    lastId = seen.at(-1)?.id ?? null;
    if (end === 'clean' && reading.response.status === 200) break;
  }
  const after = await fetch(url, { headers: { 'last-event-id': lastId ?? '' } });
  const frames = seen.map(({ id }) => Number(id.slice(id.lastIndexOf('-') + 1)));
  return {
    gaps: frames.filter((frame, at) => at > 0 && frame > (frames[at - 1] ?? 0) + 1).length + (frames[0] ?? 0),
    duplicates: frames.length - new Set(frames).size,
    text: textOf(seen.map(({ data }) => data)) === stream.texts.join('') ? 'exact' : 'different',
    terminals: seen.filter(({ data }) => data === '[DONE]' || data.startsWith('{"type":"done"')).length,
    last: after.status,
  };
}

function textOf(frames: readonly string[]): string {
  return frames
    .filter((data) => data !== '[DONE]')
    .map((data) => JSON.parse(data) as { text?: string; choices?: { delta: { content?: string } }[] })
    .map(({ text, choices }) => text ?? choices?.[0]?.delta.content ?? '')
    .join('');
}

function followByEventSource(stream: CutStream): Promise<object> {
  const source = new EventSource(stream.resumeUrl);
  const frames: number[] = [];
  let text = '';
  let requestsAtEnd = 0;
  const count = (): number => proxy.requests.filter(({ path }) => path.includes(stream.streamId)).length;
  const note = (event: MessageEvent): void => {
    frames.push(Number(event.lastEventId.slice(event.lastEventId.lastIndexOf('-') + 1)));
  };
  source.addEventListener('route', note);
  source.addEventListener('text_delta', (event) => {
    note(event);
    text += (JSON.parse(String(event.data)) as { text: string }).text;
  });
  source.addEventListener('done', (event) => {
    note(event);
    requestsAtEnd = count();
  });
  return new Promise((resolve) => {
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED)
        resolve({ text, frames, requestsAfterEnd: count() - requestsAtEnd });
    });
  });
}

describe('curl -N', () => {
  it('shows tokens as they come, and with Last-Event-ID exactly the rest', async () => {
    const { call, streamId } = await start();
    const url = `${product.url}/v1/streams/${streamId}`;
    const first = curl([url]);
    await first.until((output) => output.includes('"text":"one"'));
    first.child.kill('SIGKILL');
    const lastId = [...first.output().matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
    const second = curl(['-H', `Last-Event-ID: ${lastId}`, url]);
    call.text('two');
    await second.until((output) => output.includes('"text":"two"'));
    call.text('three');
    call.finish();
    await once(second.child, 'close');
    const texts = [...second.output().matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as { type: string; text?: string },
    );
    expect([texts.map(({ type, text }) => text ?? type), second.child.exitCode]).toEqual([
      ['two', 'three', 'done'],
      0,
    ]);
  });

  it('streams a generation from its first token', async () => {
    const calling = upstream.next();
    const posted = curl([
      `${product.url}/v1/chat/completions`,
      '-H',
      'content-type: application/json',
      '-d',
      '{"model":"auto","stream":true,"messages":[{"role":"user","content":"Hi"}]}',
    ]);
    const call = await calling;
    call.text('one');
    await posted.until((output) => output.includes('"content":"one"'));
    call.finish();
    await once(posted.child, 'close');
    expect([posted.child.exitCode, posted.output().trimEnd().includes('data: [DONE]\nid: c')]).toEqual([
      0,
      true,
    ]);
  });
});

type Curl = {
  readonly child: ChildProcess;
  output(): string;
  until(holds: (output: string) => boolean): Promise<void>;
};

function curl(args: readonly string[]): Curl {
  const child = spawn('curl', ['-N', '-sS', '--max-time', '30', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    child.emit('more');
  });
  const until = async (holds: (text: string) => boolean): Promise<void> => {
    while (!holds(output)) await once(child, 'more');
  };
  return { child, output: () => output, until };
}

describe('a cursor', () => {
  it('is answered as the contract says, whatever it is', async () => {
    const other = await start();
    other.call.finish();
    const { call, streamId } = await start();
    const running = await fetchSse(`${product.url}/v1/streams/${streamId}`);
    await running.until((events) => events.length === 2);
    const [first, second] = running.events.map(({ id }) => id ?? '');
    const chat = await fetchSse(
      `${product.url}/v1/streams/${streamId}?format=chat`,
      {},
      { leaveAfterEvents: 1 },
    );
    await chat.end;
    const foreign = await fetchSse(`${product.url}/v1/streams/${other.streamId}`);
    await foreign.end;
    const ahead = (second ?? '').replace(/-\d+$/, '-7');
    const laterEpoch = (second ?? '').replace(/\.1-/, '.2-');
    const cursors: Record<string, string> = {
      nonsense: 'nonsense',
      'a number': '1',
      'an id with a leading zero': (second ?? '').replace(/-1$/, '-01'),
      'an id with more after it': `${second} `.trim() + ',x',
      'a later epoch': laterEpoch,
      'ahead of the log': ahead,
      'another format': chat.events[0]?.id ?? '',
      'another stream': foreign.events[0]?.id ?? '',
    };
    const answers: Record<string, unknown> = {};
    for (const [name, cursor] of Object.entries(cursors))
      answers[name] = await refusalAfter(streamId, cursor);
    call.finish();
    await running.end;
    answers['ahead, once finished'] = await refusalAfter(streamId, ahead);
    const atEnd = await fetch(`${product.url}/v1/streams/${streamId}?after=${running.events.at(-1)?.id}`);
    answers['the last one, once finished'] = [atEnd.status, await atEnd.text()];
    answers['one before the last'] = await idsAfter(streamId, { query: second ?? '' });
    answers['none'] = await idsAfter(streamId, {});
    answers['an empty header'] = await idsAfter(streamId, { header: '' });
    answers['header and query'] = await idsAfter(streamId, { header: second ?? '', query: first ?? '' });
    const all = running.events.map(({ id }) => id);
    expect(answers).toEqual({
      nonsense: [400, 'bad_cursor'],
      'a number': [400, 'bad_cursor'],
      'an id with a leading zero': [400, 'bad_cursor'],
      'an id with more after it': [400, 'bad_cursor'],
      'a later epoch': [400, 'bad_cursor'],
      'ahead of the log': [400, 'cursor_ahead'],
      'another format': [409, 'foreign_cursor'],
      'another stream': [409, 'foreign_cursor'],
      'ahead, once finished': [400, 'cursor_ahead'],
      'the last one, once finished': [204, ''],
      'one before the last': all.slice(2),
      none: all,
      'an empty header': all,
      'header and query': all.slice(2),
    });
  });

  it('gets a 204 in the chat format only when it is that of [DONE] or of the error frame', async () => {
    const outcomes: unknown[] = [];
    for (const how of ['finish', 'end'] as const) {
      const { call, streamId } = await start();
      call[how]();
      const url = `${product.url}/v1/streams/${streamId}?format=chat`;
      const whole = await fetchSse(url);
      await whole.end;
      const [beforeLast, last] = whole.events.slice(-2);
      const rest = await fetchSse(url, { headers: { 'last-event-id': beforeLast?.id ?? '' } });
      await rest.end;
      const done = await fetch(url, { headers: { 'last-event-id': last?.id ?? '' } });
      outcomes.push([rest.events.map(({ data }) => data.slice(0, 9)), done.status]);
    }
    expect(outcomes).toEqual([
      [['[DONE]'], 204],
      [['{"error":'], 204],
    ]);
  });

  async function refusalAfter(streamId: string, cursor: string): Promise<unknown> {
    const response = await fetch(`${product.url}/v1/streams/${streamId}`, {
      headers: { 'last-event-id': cursor },
    });
    const text = await response.text();
    return response.ok
      ? text
      : [response.status, (JSON.parse(text) as { error: { code: string } }).error.code];
  }

  async function idsAfter(
    streamId: string,
    { header, query }: { header?: string; query?: string },
  ): Promise<unknown> {
    const url = `${product.url}/v1/streams/${streamId}${query === undefined ? '' : `?after=${query}`}`;
    const reading = await fetchSse(url, { headers: header === undefined ? {} : { 'last-event-id': header } });
    await reading.end;
    return reading.events.map(({ id }) => id);
  }
});

describe('a stream', () => {
  it('that was accepted but has no token yet is 200 with its first event and heartbeats that carry no id', async () => {
    const calling = upstream.next();
    const conversation = 'no-token-yet';
    const answering = post({ stream: true }, { 'x-edgeways-conversation': conversation });
    const call = await calling;
    call.head();
    // The head of the POST is still held, so a retry is the only way to the stream: it joins at once.
    const joined = await fetchSse(`${product.url}/v1/chat/completions`, {
      ...requestOf(
        { stream: true },
        { 'x-edgeways-conversation': conversation, 'x-stainless-retry-count': '1' },
      ),
    });
    await joined.until((events, comments) => events.length === 1 && comments.length >= 2);
    call.text('x');
    call.finish();
    const response = await answering;
    await response.text();
    await joined.end;
    expect([
      joined.response.headers.get('x-edgeways-joined'),
      /^(?:: keep-alive\n)+/m.test(joined.text()),
      joined.events.map(({ id }) => id?.slice(-4)),
    ]).toEqual(['true', true, ['.1-0', '.1-1', '.1-2', '.1-3']]);
  });

  it('sends one retry delay, in its first frame only, with the id as the last field', async () => {
    const { call, streamId } = await start();
    call.finish();
    const reading = await fetchSse(`${product.url}/v1/streams/${streamId}`);
    await reading.end;
    const blocks = reading
      .text()
      .split('\n\n')
      .filter((block) => block !== '');
    expect([
      blocks.map((block) => block.split('\n').map((line) => line.split(':')[0])),
      (reading.retryMs() ?? 0) >= 1000 && (reading.retryMs() ?? 0) <= 3000,
      Math.max(...reading.events.map(({ id }) => id?.length ?? 0)) <= 40,
    ]).toEqual([
      [
        ['event', 'retry', 'data', 'id'],
        ['event', 'data', 'id'],
        ['event', 'data', 'id'],
      ],
      true,
      true,
    ]);
  });

  it('nobody made, or that was forged, is a 404 with the same body', async () => {
    const { call, streamId } = await start();
    call.finish();
    const forged = streamId.slice(0, -2) + (streamId.endsWith('AA') ? 'BB' : 'AA');
    const otherTime = streamId.replace(/\.([0-9a-z]{8})\./, '.00000000.');
    const bodies = await Promise.all(
      ['s_nothing', 'x', forged, otherTime].map(async (id) => {
        const response = await fetch(`${product.url}/v1/streams/${id}`);
        return [response.status, await response.text()];
      }),
    );
    const stopped = await fetch(`${product.url}/v1/streams/${forged}/stop`, { method: 'POST' });
    expect([new Set(bodies.map(String)).size, bodies[0], stopped.status]).toEqual([
      1,
      [404, expect.stringContaining('"code":"unknown_stream"')],
      404,
    ]);
  });

  it('whose start is still on its way is not given up: come back, not interrupted', async () => {
    const url = `${product.url}/v1/streams/${genuineId(Date.now())}`;
    const early = await fetch(url);
    const busy = await fetchSse(url, { headers: { accept: 'text/event-stream' } });
    await busy.end;
    const lost = await fetchSse(`${product.url}/v1/streams/${genuineId(Date.now() - 60_000)}`);
    await lost.end;
    const { error } = (await early.json()) as { error: { code: string } };
    expect([
      [early.status, error.code, early.headers.get('retry-after')],
      busy.events.map(({ event }) => event),
      lost.events.map(({ event, data }) => [event, (JSON.parse(data) as { code: string }).code]),
    ]).toEqual([[503, 'overloaded', '1'], ['busy'], [['failed', 'interrupted']]]);
  });

  it('is not there for another tenant, and its ticket opens nothing else', async () => {
    const keys = { ann: 'key-of-ann', bob: 'key-of-bob' };
    const tenants = Object.entries(keys).map(([id, key]) => ({
      id,
      key_sha256: [createHash('sha256').update(key).digest('hex')],
    }));
    const deployed = await startProduct({
      vars: { ...urls(), EDGEWAYS_ENV: 'production' },
      config: { tenants },
    });
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const calling = upstream.next();
    const answering = fetch(`${deployed.url}/v1/chat/completions`, requestOf({ stream: true }, as(keys.ann)));
    const call = await calling;
    call.text('private');
    call.finish();
    const response = await answering;
    await response.text();
    const streamId = response.headers.get('x-edgeways-stream') ?? '';
    const link = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
    const ticket = new URL(link, deployed.url).searchParams.get('ticket') ?? '';
    const statusOf = async (path: string, init: RequestInit = {}): Promise<unknown> => {
      const answer = await fetch(deployed.url + path, init);
      const text = await answer.text();
      return answer.ok
        ? answer.status
        : [answer.status, (JSON.parse(text) as { error: { code: string } }).error.code];
    };
    const path = `/v1/streams/${streamId}`;
    const answers = {
      'its owner': await statusOf(path, { headers: as(keys.ann) }),
      'another tenant': await statusOf(path, { headers: as(keys.bob) }),
      'another tenant stops it': await statusOf(`${path}/stop`, { method: 'POST', headers: as(keys.bob) }),
      nobody: await statusOf(path),
      'its ticket': await statusOf(link),
      'its ticket, changed': await statusOf(link.slice(0, -4) + 'xann'),
      'its ticket for another stream': await statusOf(
        `/v1/streams/${streamId.replace('s_', 's_A')}?ticket=${ticket}`,
      ),
      'its ticket stops it': await statusOf(`${path}/stop?ticket=${ticket}`, { method: 'POST' }),
    };
    await deployed.dispose();
    expect(answers).toEqual({
      'its owner': 200,
      'another tenant': [404, 'unknown_stream'],
      'another tenant stops it': [404, 'unknown_stream'],
      nobody: [401, 'missing_key'],
      'its ticket': 200,
      'its ticket, changed': [401, 'bad_ticket'],
      'its ticket for another stream': [401, 'bad_ticket'],
      'its ticket stops it': [401, 'missing_key'],
    });
  });

  it('is gone after its retention: 410, and without a cursor too', async () => {
    const brief = await startProduct({ vars: urls(), config: { retention_seconds: 1 } });
    const calling = upstream.next();
    const answering = fetch(`${brief.url}/v1/chat/completions`, requestOf({ stream: true }));
    const call = await calling;
    call.text('short-lived');
    call.finish();
    const response = await answering;
    const lastId = [...(await response.text()).matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? '';
    const url = `${brief.url}/v1/streams/${response.headers.get('x-edgeways-stream')}?format=chat`;
    await expect.poll(async () => (await fetch(url)).status, { timeout: 5000, interval: 100 }).toBe(410);
    const gone = await fetch(url, { headers: { 'last-event-id': lastId } });
    const body = await gone.text();
    await brief.dispose();
    expect([gone.status, body]).toEqual([410, expect.stringContaining('"code":"expired"')]);
  });
});

describe('the JSON poll', () => {
  type Poll = {
    events: { id: string; event: string; data: { text?: string } }[];
    next: string | null;
    done: boolean;
  };
  const poll = async (streamId: string, query: string): Promise<Poll> => {
    return (await (await fetch(`${product.url}/v1/streams/${streamId}?${query}`)).json()) as Poll;
  };

  it('answers at once what is there, then waits for what comes, and says when nothing will', async () => {
    const { call, streamId } = await start();
    const first = await poll(streamId, 'wait=0');
    const none = await poll(streamId, `wait=0&after=${first.next}`);
    const waiting = poll(streamId, `wait=25&after=${first.next}`);
    call.text('two');
    const second = await waiting;
    call.finish();
    const rest = await poll(streamId, `wait=25&after=${second.next}`);
    const end = await poll(streamId, `wait=25&after=${rest.next}`);
    const shown = ({ events, done }: Poll) => [events.map(({ event, data }) => data.text ?? event), done];
    expect([first, none, second, rest, end].map(shown)).toEqual([
      [['route', 'one'], false],
      [[], false],
      [['two'], false],
      [['done'], true],
      [[], true],
    ]);
    expect([none.next, end.next]).toEqual([first.next, rest.next]);
  });

  it('is not answered before there is something to see: the end comes as the end', async () => {
    const answers: unknown[] = [];
    for (let round = 0; round < 30; round++) {
      const { call, streamId } = await start();
      const { next } = await poll(streamId, 'wait=0');
      const waiting = poll(streamId, `wait=25&after=${next}`);
      call.finish();
      const { events, done } = await waiting;
      answers.push([events.map(({ event }) => event), done]);
    }
    expect(answers).toEqual(answers.map(() => [['done'], true]));
  });

  it('gives the same ids as the stream, in both formats, whatever Accept says', async () => {
    const { call, streamId } = await start();
    call.finish();
    const same: boolean[] = [];
    for (const format of ['typed', 'chat']) {
      const reading = await fetchSse(`${product.url}/v1/streams/${streamId}?format=${format}`, {
        headers: { accept: 'application/json' },
      });
      await reading.end;
      const polled = await poll(streamId, `wait=0&format=${format}`);
      same.push(
        JSON.stringify(polled.events.map(({ id }) => id)) ===
          JSON.stringify(reading.events.map(({ id }) => id)),
      );
    }
    expect(same).toEqual([true, true]);
  });

  it('refuses a wait that is not 0 to 25 whole seconds, and a format it does not know', async () => {
    const { call, streamId } = await start();
    call.finish();
    const statuses = await Promise.all(
      [
        'wait=26',
        'wait=-1',
        'wait=1.5',
        'wait=',
        'wait=x',
        'format=xml',
        'wait=25',
        'wait=0&after=nonsense',
      ].map(async (query) => (await fetch(`${product.url}/v1/streams/${streamId}?${query}`)).status),
    );
    expect(statuses).toEqual([400, 400, 400, 400, 400, 400, 200, 400]);
  });
});

describe('stop', () => {
  it('closes the upstream within 250 ms, ends every reader properly, and may be repeated', async () => {
    const { call, streamId } = await start();
    const url = `${product.url}/v1/streams/${streamId}`;
    const typed = await fetchSse(url);
    const chat = await fetchSse(`${url}?format=chat`);
    await typed.until((events) => events.length === 2);
    const stoppedMs = Date.now();
    const stopped = await fetch(`${url}/stop`, { method: 'POST' });
    const closed = await call.closed;
    const tookMs = Date.now() - stoppedMs;
    await Promise.all([typed.end, chat.end]);
    const again = await fetch(`${url}/stop`, { method: 'POST' });
    const replay = await fetchSse(url);
    await replay.end;
    expect([stopped.status, closed, again.status]).toEqual([204, 'peer', 204]);
    expect(tookMs).toBeLessThan(250);
    expect([
      JSON.parse(typed.events.at(-1)?.data ?? '') as unknown,
      chat.events.at(-2)?.data.includes('"finish_reason":"stop"'),
      chat.events.at(-1)?.data,
      replay.events,
    ]).toEqual([
      expect.objectContaining({
        type: 'done',
        finish_reason: 'stopped',
        usage: expect.objectContaining({ estimated: true }),
      }),
      true,
      '[DONE]',
      typed.events,
    ]);
  });

  it('of a finished stream changes nothing', async () => {
    const { call, streamId } = await start();
    call.finish();
    const url = `${product.url}/v1/streams/${streamId}`;
    const before = await fetchSse(url);
    await before.end;
    const stopped = await fetch(`${url}/stop`, { method: 'POST' });
    const after = await fetchSse(url);
    await after.end;
    expect([stopped.status, after.events]).toEqual([204, before.events]);
  });
});

it('a linger of one second ends a generation that nobody reads, and a reader that comes back in time saves it', async () => {
  const { call, streamId } = await start({ 'x-edgeways-on-disconnect': 'linger=1' });
  const back = await fetchSse(`${product.url}/v1/streams/${streamId}`);
  await back.until((events, comments) => events.length === 2 && comments.length * HEARTBEAT_MS >= 1400);
  const stillOpen = call.isOpen;
  await back.leave();
  const leftMs = Date.now();
  expect([stillOpen, await call.closed]).toEqual([true, 'peer']);
  expect(Date.now() - leftMs).toBeGreaterThan(950);
});

it('a cut in the middle of a POST is resumed with the ids of its own frames', async () => {
  const random = new Random(7);
  const outcomes: boolean[] = [];
  for (let round = 0; round < 8; round++) {
    const fault = randomFault(random);
    if (fault.type === 'drop_head') continue; // there is no id to come back with: that is a retry
    proxy.plan('/v1/chat/completions', [fault]);
    const calling = upstream.next();
    const posting = fetchSse(
      `${proxy.url}/v1/chat/completions`,
      requestOf({ stream: true }, { 'x-edgeways-on-disconnect': 'continue' }),
    );
    const call = await calling;
    call.text('a'.repeat(300), 'b'.repeat(300), 'c'.repeat(300));
    const posted = await posting;
    await posted.end;
    call.finish();
    const lastId = posted.events.at(-1)?.id ?? '';
    const streamId = posted.response.headers.get('x-edgeways-stream') ?? '';
    const rest = await fetchSse(`${product.url}/v1/streams/${streamId}?format=chat`, {
      headers: { 'last-event-id': lastId },
    });
    await rest.end;
    const data = [...posted.events, ...rest.events].map((event) => event.data);
    outcomes.push(textOf(data) === 'a'.repeat(300) + 'b'.repeat(300) + 'c'.repeat(300));
  }
  expect([outcomes.length > 3, new Set(outcomes)]).toEqual([true, new Set([true])]);
});

/** An id as the product makes it, of a generation that never reached its object. */
function genuineId(createdMs: number): string {
  const body = `${'o'.repeat(22)}.${'g'.repeat(8)}${createdMs % 2 === 0 ? 'a' : 'b'}${'h'.repeat(7)}.${createdMs.toString(36)}`;
  const mac = createHmac('sha256', TEST_SECRET)
    .update(['stream', 'local', body].join('\0'))
    .digest()
    .subarray(0, 16);
  return `s_${body}.${mac.toString('base64url')}`;
}

/** A running generation that has said "one" and is read by nobody. */
async function start(
  headers: Record<string, string> = { 'x-edgeways-on-disconnect': 'continue' },
): Promise<{ call: HeldCall; streamId: string }> {
  const calling = upstream.next();
  const answering = post({ stream: true }, headers);
  const call = await calling;
  call.text('one');
  const response = await answering;
  await response.body?.cancel();
  return { call, streamId: response.headers.get('x-edgeways-stream') ?? '' };
}

function post(fields: object, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, requestOf(fields, headers));
}

function requestOf(fields: object, headers: Record<string, string> = {}): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'cloud', messages: [{ role: 'user', content: 'Hi' }], ...fields }),
  };
}
