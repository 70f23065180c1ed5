// The promise: who asks for it gets the finished answer to the very same request again, as a real stream that can be
// resumed and costs nothing; never another tenant's, never a failed or cut one, and none after it was forgotten.

import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startHeldUpstream, type HeldUpstream } from './support/held-upstream.ts';
import { startProduct, type Product } from './support/product.ts';
import { fetchSse, type SseReading } from './support/read-sse.ts';
import { rule } from './support/route-question.ts';

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
  const faq = rule('faq', { contains_any: ['opening hours'] }, { cache: true });
  product = await startProduct({ vars, config: { tenants, routing: { rules: [faq] } } });
});

afterAll(async () => {
  await product.dispose();
  await upstream.dispose();
});

beforeEach(() => {
  upstream.play((call) => {
    call.text('pie', 'ces of ', `answer ${upstream.calls.length}`);
    call.finish();
  });
});

type Asked = {
  readonly content: string;
  readonly cache?: string | null;
  readonly key?: string;
  readonly more?: object;
};

function requestOf({ content, cache = 'on', key = KEYS.ann, more = {} }: Asked): RequestInit {
  return {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${key}`,
      ...(cache === null ? {} : { 'x-edgeways-cache': cache }),
    },
    body: JSON.stringify({ model: 'cloud', messages: [{ role: 'user', content }], ...more }),
  };
}

type Answer = {
  readonly cache: string | null;
  readonly text: string;
  readonly extension: { readonly cached?: boolean; readonly cost_usd?: number } | undefined;
  readonly usage: unknown;
};

async function ask(asked: Asked): Promise<Answer> {
  const response = await fetch(`${product.url}/v1/chat/completions`, requestOf(asked));
  const body = (await response.json()) as {
    choices: readonly { message: { content: string } }[];
    usage: unknown;
    x_edgeways?: Answer['extension'];
  };
  return {
    cache: response.headers.get('x-edgeways-cache'),
    text: body.choices[0]?.message.content ?? '',
    extension: body.x_edgeways,
    usage: body.usage,
  };
}

function stream(asked: Asked): Promise<SseReading> {
  const more = { stream: true, stream_options: { include_usage: true }, ...asked.more };
  return fetchSse(`${product.url}/v1/chat/completions`, requestOf({ ...asked, more }));
}

/** Answers travel to the cache after their end, so the first repetitions may come too early. */
async function untilHit(asked: Asked): Promise<Answer> {
  let answer = await ask(asked);
  await expect
    .poll(async () => {
      answer = await ask(asked);
      return answer.cache;
    })
    .toBe('hit');
  return answer;
}

function empty(key: string | null): Promise<Response> {
  const headers = key === null ? {} : { authorization: `Bearer ${key}` };
  return fetch(`${product.url}/v1/cache`, { method: 'DELETE', headers });
}

/** The text of every chunk that has one, in order. */
function pieces({ events }: SseReading): readonly string[] {
  return events.flatMap(({ data }) => {
    if (data === '[DONE]') return [];
    const { choices } = JSON.parse(data) as { choices: readonly { delta: { content?: string } }[] };
    const content = choices[0]?.delta.content ?? '';
    return content === '' ? [] : [content];
  });
}

describe('the same request', () => {
  it('is answered anew for everybody who did not ask for a cache', async () => {
    const before = upstream.calls.length;
    const asked = { content: 'No cache', cache: null };
    const [first, second] = [await ask(asked), await ask(asked)];
    expect([first.cache, second.cache, upstream.calls.length - before]).toEqual([null, null, 2]);
  });

  it('is answered from the cache, whole or streamed, without a call, with the original’s usage and at no cost', async () => {
    const first = await ask({ content: 'Once' });
    const again = await untilHit({ content: 'Once' });
    const before = upstream.calls.length;
    const streamed = await stream({ content: 'Once' });
    await streamed.end;
    expect([first.cache, streamed.response.headers.get('x-edgeways-cache')]).toEqual(['miss', 'hit']);
    expect(again.extension).toMatchObject({ cached: true, cost_usd: 0 });
    expect(again.usage).toEqual(first.usage);
    expect(pieces(streamed).join('')).toBe(again.text);
    expect(upstream.calls.length).toBe(before);
  });

  it('is streamed in the pieces of the original, as a stream of its own that can be resumed at every event', async () => {
    const asked = { content: 'In pieces' };
    const first = await stream(asked);
    await first.end;
    await expect.poll(async () => (await stream(asked)).response.headers.get('x-edgeways-cache')).toBe('hit');
    const hit = await stream(asked);
    await hit.end;
    const link = /^<([^>]+)>/.exec(hit.response.headers.get('link') ?? '')?.[1] ?? '';
    const resumed = await Promise.all(
      hit.events.slice(0, -1).map(async ({ id }) => {
        const rest = await fetchSse(`${product.url}${link}&format=chat`, {
          headers: { 'last-event-id': id ?? '' },
        });
        await rest.end;
        return rest.events;
      }),
    );
    expect(pieces(hit)).toEqual(['pie', 'ces of ', expect.stringMatching(/^answer /)]);
    expect(hit.events.length).toBe(first.events.length);
    expect(hit.response.headers.get('x-edgeways-stream')).not.toBe(
      first.response.headers.get('x-edgeways-stream'),
    );
    expect(resumed).toEqual(hit.events.slice(0, -1).map((_, at) => hit.events.slice(at + 1)));
  });

  it('of another tenant never finds it', async () => {
    await untilHit({ content: 'Mine' });
    const other = await ask({ content: 'Mine', key: KEYS.bob });
    expect([other.cache, other.extension?.cached]).toEqual(['miss', undefined]);
  });

  it('with any difference is another request', async () => {
    await untilHit({ content: 'Exactly' });
    const others = [
      { content: 'Exactly ' },
      { content: 'Exactly', more: { temperature: 0.5 } },
      { content: 'Exactly', more: { max_tokens: 50 } },
      { content: 'Exactly', more: { model: 'large' } },
    ];
    const found = await Promise.all(others.map((asked) => ask(asked)));
    expect(found.map(({ cache }) => cache)).toEqual(['miss', 'miss', 'miss', 'miss']);
  });
});

describe('what is kept', () => {
  it('is replaced by a refresh, and passed by with off', async () => {
    const asked = { content: 'Fresh' };
    const old = await untilHit(asked);
    const [off, fresh] = [await ask({ ...asked, cache: 'off' }), await ask({ ...asked, cache: 'refresh' })];
    await expect.poll(async () => (await ask(asked)).text).toBe(fresh.text);
    expect(new Set([old.text, off.text, fresh.text]).size).toBe(3);
    expect([off.cache, fresh.cache]).toEqual([null, 'miss']);
  });

  it('is never an answer that was cut or failed', async () => {
    const asked = ['Cut', 'Failed', 'Filtered'].map((content) => ({ content }));
    upstream.play((call) => {
      call.text('half of ');
      const content = JSON.stringify(call.body.messages);
      if (content.includes('Failed')) call.reset();
      else call.finish(content.includes('Cut') ? 'length' : 'content_filter');
    });
    for (const one of asked)
      await (
        await fetch(`${product.url}/v1/chat/completions`, requestOf({ ...one, more: { stream: true } }))
      )
        .text()
        .catch(() => '');
    upstream.play((call) => {
      call.text('whole');
      call.finish();
    });
    await untilHit({ content: 'Later' }); // sent to the same object after the others
    const found = await Promise.all(asked.map((one) => ask(one)));
    expect(found.map(({ cache, text }) => [cache, text])).toEqual(asked.map(() => ['miss', 'whole']));
  });

  it('is forgotten by its own tenant only, and only with a key', async () => {
    const asked = { content: 'Forget' };
    await Promise.all([untilHit(asked), untilHit({ ...asked, key: KEYS.bob })]);
    const refused = await empty(null);
    const emptied = await empty(KEYS.ann);
    const [mine, others] = [await ask(asked), await ask({ ...asked, key: KEYS.bob })];
    expect([refused.status, emptied.status, mine.cache, others.cache]).toEqual([401, 204, 'miss', 'hit']);
  });

  it('is there after the process was killed', async () => {
    const asked = { content: 'Durable' };
    const before = await untilHit(asked);
    await product.kill9();
    await product.restart();
    expect(await ask(asked)).toMatchObject({ cache: 'hit', text: before.text });
  });
});

it('a rule switches the cache on for the requests that it is about, and a header off again', async () => {
  const asked = { content: 'What are your opening hours?', cache: null };
  const hit = await untilHit(asked);
  const [off, other] = [await ask({ ...asked, cache: 'off' }), await ask({ content: 'Hello', cache: null })];
  expect([hit.cache, off.cache, other.cache]).toEqual(['hit', null, null]);
});

it('a misspelt wish is refused with the name of its header', async () => {
  const response = await fetch(
    `${product.url}/v1/chat/completions`,
    requestOf({ content: 'x', cache: 'yes' }),
  );
  const { error } = (await response.json()) as { error: { param: string; message: string } };
  expect([response.status, error.param, error.message]).toEqual([
    400,
    'x-edgeways-cache',
    'The header x-edgeways-cache must be on, off or refresh.',
  ]);
});
