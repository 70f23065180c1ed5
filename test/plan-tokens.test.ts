// The promise: the estimate is near a real tokenizer's count, and cheap whatever the size of the body.
// Expected counts: OpenAI's o200k encoding of the same texts.

import { describe, expect, it } from 'vitest';
import { estimateInputTokens, estimateTextTokens } from '../policy/estimate-tokens.ts';
import type { ChatRequest, ContentPart } from '../protocol/chat-request.ts';

const ENGLISH = 'Explain in two sentences why the sky looks blue during the day and red in the evening. ';

const COUNTED: [string, string, number][] = [
  ['English', ENGLISH, 19],
  ['German', 'Warum wurde die Geschwindigkeitsbegrenzung auf der Autobahn heute wieder aufgehoben?', 18],
  ['Russian', 'Расскажи мне, как работает двигатель внутреннего сгорания, и чем он хуже электрического.', 21],
  ['Chinese', '请帮我写一篇关于人工智能的文章，要求不少于八百字。', 19],
  ['Japanese', '東京の天気はどうですか。明日は雨が降るでしょうか。', 18],
  ['Hindi', 'भारत की राजधानी क्या है और इसकी जनसंख्या कितनी है?', 14],
  ['Arabic', 'ما هي عاصمة فرنسا وما هو عدد سكانها اليوم؟', 12],
  [
    'code',
    'export function add(left: number, right: number): number {\n  return left + right; // 1234567\n}\n',
    26,
  ],
  ['JSON', '{"model": "auto", "messages": [{"role": "user", "content": "hi"}], "temperature": 0.25}', 30],
  ['numbers', '31.41592653589793 x 271828 = 8539734222.67 (± 0.5 %)', 26],
];

function chat(content: readonly ContentPart[], rest: Partial<ChatRequest> = {}): ChatRequest {
  const messages = [{ role: 'user', content }] as const;
  return {
    model: 'auto',
    messages,
    stream: true,
    includeUsage: false,
    maxOutputTokens: null,
    tools: [],
    parameters: {},
    ...rest,
  };
}

describe('the token estimate', () => {
  it.each(COUNTED)('is within a factor of 1.6 of the real count: %s', (_name, text, real) => {
    const ratio = estimateTextTokens(text) / real;
    expect(Math.max(ratio, 1 / ratio)).toBeLessThan(1.6);
  });

  it('nothing is no token', () => {
    expect(estimateTextTokens('')).toBe(0);
  });

  it('a sampled long text is estimated as the sum of its parts', () => {
    const long = ENGLISH.repeat(10_000);
    expect(estimateTextTokens(long) / (10_000 * estimateTextTokens(ENGLISH))).toBeCloseTo(1, 1);
  });

  it('a body of 4 MiB is sampled: its estimate takes milliseconds, not tens of them', () => {
    const text = 'ab 12 ,;'.repeat(512 * 1024);
    estimateTextTokens(text);
    const startedMs = performance.now();
    estimateTextTokens(text);
    // The whole text takes some 25 ms; the sample well under one. The bound leaves room for a busy machine.
    expect(performance.now() - startedMs).toBeLessThan(10);
  });

  it('messages, images, tools and schemas all count', () => {
    const text: ContentPart = { type: 'text', text: 'hello' };
    const plain = estimateInputTokens(chat([text]));
    const image = estimateInputTokens(chat([text, { type: 'image', url: 'https://x.example/a.png' }]));
    const small = estimateInputTokens(
      chat([text, { type: 'image', url: 'https://x.example/a.png', detail: 'low' }]),
    );
    const tools = estimateInputTokens(
      chat([text], { tools: [{ type: 'function', function: { name: 'get_weather' } }] }),
    );
    expect([plain, image - plain, small - plain]).toEqual([5, 1_000, 85]);
    expect(tools).toBeGreaterThan(plain + 5);
  });
});
