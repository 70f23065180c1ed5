// A request that is repeated costs one generation: by its Idempotency-Key, or because the client says it is retrying.
// What counts is what the upstream was asked. Failed, stopped and refused generations are never joined.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';

const KEYS = { ann: 'key-of-ann', bob: 'key-of-bob' };

let upstream: HeldUpstream;
let product: Product;

beforeAll(async () => {
  upstream = await startHeldUpstream();
  const tenants = Object.entries(KEYS).map(([id, key]) => ({
    id,
    key_sha256: [createHash('sha256').update(key).digest('hex')],
  }));
  const vars = { OPENAI_BASE_URL: upstream.url, EDGE_BASE_URL: upstream.url, EDGEWAYS_ENV: 'production' };
  product = await startProduct({ vars, config: { tenants } });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

type Asked = {
  readonly content: string;
  readonly stream?: boolean;
  readonly headers?: Record<string, string>;
  readonly key?: string;
};

function requestOf({ content, stream = true, headers = {}, key = KEYS.ann }: Asked): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ model: 'cloud', stream, messages: [{ role: 'user', content }] }),
  };
}

function ask(asked: Asked): Promise<SseReading> {
  return fetchSse(`${product.url}/v1/chat/completions`, requestOf(asked));
}

function askWhole(asked: Asked): Promise<Response> {
  return fetch(`${product.url}/v1/chat/completions`, requestOf({ ...asked, stream: false }));
}

/** Asks once more and plays the new generation, if that is what it is. */
async function outcomeOf(asked: Asked): Promise<'joined' | 'new'> {
  const before = upstream.calls.length;
  upstream.play((call) => {
    call.text('again');
    call.finish();
  });
  const reading = await ask(asked);
  await reading.end;
  upstream.play(null);
  const joined = reading.response.headers.get('x-edgeways-joined') === 'true';
  expect(upstream.calls.length - before).toBe(joined ? 0 : 1);
  return joined ? 'joined' : 'new';
}

const keyed = (name: string): Record<string, string> => ({ 'idempotency-key': name });
const RETRY = { 'x-stainless-retry-count': '1' };

describe('a request with the Idempotency-Key of another', () => {
  it('and the same body gets the same answer, while it runs and after it has ended', async () => {
    const asked = { content: 'Once', headers: keyed('once') };
    const before = upstream.calls.length;
    const calling = upstream.next();
    const asking = ask(asked);
    const call = await calling;
    call.text('one ');
    const first = await asking;
    const second = await ask(asked);
    await second.until((events) => events.length === 2);
    call.text('two');
    call.finish();
    await Promise.all([first.end, second.end]);
    const late = await ask(asked);
    await late.end;
    const streamId = first.response.headers.get('x-edgeways-stream');
    expect([second.events, late.events]).toEqual([first.events, first.events]);
    const [asker, ...joiners] = [first, second, late].map(({ response: { headers } }) =>
      ['joined', 'stream', 'conversation', 'route', 'model', 'reason', 'resumable'].map((name) =>
        headers.get(`x-edgeways-${name}`),
      ),
    );
    expect(asker?.slice(0, 2)).toEqual([null, streamId]);
    expect(joiners).toEqual([2, 3].map(() => ['true', ...(asker ?? []).slice(1)]));
    expect(asker?.slice(1)).not.toContain(null);
    expect(late.response.headers.get('link')).toContain(`/v1/streams/${streamId}?ticket=`);
    expect(upstream.calls.length - before).toBe(1);
  });

  it('runs once when all of them come at the same time', async () => {
    const before = upstream.calls.length;
    for (let round = 0; round < 10; round++) {
      const asked = { content: `At once ${round}`, headers: keyed(`at-once-${round}`) };
      const calling = upstream.next();
      const asking = Array.from({ length: 8 }, () => ask(asked));
      const call = await calling;
      call.text('shared');
      call.finish();
      const readings = await Promise.all(asking);
      await Promise.all(readings.map((reading) => reading.end));
      expect(readings.map(({ events }) => events.map(({ data }) => data))).toEqual(
        readings.map(() => [
          expect.any(String),
          expect.stringContaining('"content":"shared"'),
          expect.any(String),
          '[DONE]',
        ]),
      );
    }
    expect(upstream.calls.length - before).toBe(10);
  });

  it('gets the whole answer when that is what both ask for', async () => {
    const asked = { content: 'Whole', headers: keyed('whole') };
    const before = upstream.calls.length;
    const calling = upstream.next();
    const asking = [askWhole(asked)];
    const call = await calling;
    asking.push(askWhole(asked));
    call.text('all');
    call.finish();
    const answers = await Promise.all(asking.map(async (answer) => (await answer).text()));
    answers.push(await (await askWhole(asked)).text());
    expect([
      new Set(answers).size,
      answers[0]?.includes('"content":"all"'),
      upstream.calls.length - before,
    ]).toEqual([1, true, 1]);
  });

  it('and another body is a 422, and nothing runs', async () => {
    const headers = keyed('taken');
    expect(await outcomeOf({ content: 'First use', headers })).toBe('new');
    const before = upstream.calls.length;
    const refused = await fetch(
      `${product.url}/v1/chat/completions`,
      requestOf({ content: 'Second use', headers }),
    );
    const { error } = (await refused.json()) as { error: { code: string } };
    expect([refused.status, error.code, upstream.calls.length - before]).toEqual([
      422,
      'idempotency_mismatch',
      0,
    ]);
  });

  it('of another tenant has nothing to do with it', async () => {
    const asked = { content: 'Mine', headers: keyed('shared-name') };
    expect([
      await outcomeOf(asked),
      await outcomeOf({ ...asked, key: KEYS.bob }),
      await outcomeOf(asked),
    ]).toEqual(['new', 'new', 'joined']);
  });
});

describe('a request that says it is a retry', () => {
  it('joins the same request, running or completed', async () => {
    const asked = { content: 'Again' };
    const calling = upstream.next();
    const asking = ask(asked);
    const call = await calling;
    call.text('one');
    await asking;
    const retry = await ask({ ...asked, headers: RETRY });
    await retry.until((events) => events.length === 2);
    call.finish();
    await retry.end;
    expect([
      retry.response.headers.get('x-edgeways-joined'),
      await outcomeOf({ ...asked, headers: { 'x-stainless-retry-count': '2' } }),
    ]).toEqual(['true', 'joined']);
  });

  it('is a new request when anything but that is different', async () => {
    const content = 'Different';
    expect({
      'the first': await outcomeOf({ content }),
      'not a retry': await outcomeOf({ content, headers: { 'x-stainless-retry-count': '0' } }),
      'another body': await outcomeOf({ content: 'Different!', headers: RETRY }),
      'another tenant': await outcomeOf({ content, headers: RETRY, key: KEYS.bob }),
      'a named conversation': await outcomeOf({
        content,
        headers: { ...RETRY, 'x-edgeways-conversation': 'c1' },
      }),
      'a key of its own': await outcomeOf({ content, headers: { ...RETRY, ...keyed('own') } }),
      nothing: await outcomeOf({ content, headers: RETRY }),
    }).toEqual({
      'the first': 'new',
      'not a retry': 'new',
      'another body': 'new',
      'another tenant': 'new',
      'a named conversation': 'new',
      'a key of its own': 'new',
      nothing: 'joined',
    });
  });
});

describe('a generation that is never joined', () => {
  for (const [how, headers] of Object.entries({ 'an Idempotency-Key': 1, 'a retry': 2 })) {
    const again = (name: string): Record<string, string> => (headers === 1 ? keyed(name) : RETRY);

    it(`is one that failed before its first byte (${how})`, async () => {
      const asked = { content: `Failed ${how}`, headers: again('failed') };
      const calling = upstream.next();
      const asking = fetch(`${product.url}/v1/chat/completions`, requestOf(asked));
      (await calling).refuse(500);
      expect([(await asking).status, await outcomeOf(asked)]).toEqual([502, 'new']);
    });

    it(`is one that failed in the middle (${how})`, async () => {
      const asked = { content: `Broke ${how}`, headers: again('broke') };
      const calling = upstream.next();
      const asking = ask(asked);
      const call = await calling;
      call.text('half');
      const reading = await asking;
      call.reset();
      await reading.end;
      expect(await outcomeOf(asked)).toBe('new');
    });

    it(`is one that was stopped (${how})`, async () => {
      const asked = { content: `Stopped ${how}`, headers: again('stopped') };
      const calling = upstream.next();
      const asking = ask(asked);
      const call = await calling;
      call.text('half');
      const reading = await asking;
      const stop = `${product.url}/v1/streams/${reading.response.headers.get('x-edgeways-stream')}/stop`;
      await fetch(stop, { method: 'POST', headers: { authorization: `Bearer ${KEYS.ann}` } });
      await reading.end;
      expect(await outcomeOf(asked)).toBe('new');
    });
  }
});
