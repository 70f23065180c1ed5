// Every provider decodes what its servers send, however the network cuts it.
// A fixture is the bytes of one answer (`<case>.sse`, `.ndjson` or `.txt`) and the events it means (`<case>.json`), in
// the folder of its provider. `<case>.<flavour>.sse` is read with that flavour of the provider; `.ndjson` and `.txt`
// have the flavours `lines` and `text` unless they name one. Where the bytes come from stands in the first line as an
// SSE comment, or beside the file's name in the folder's SOURCE.md when the format has no comments.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import type { Provider, UpstreamDecoder } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';

const FIXTURES = new URL('fixtures/', import.meta.url);
const MAX_EVENT_BYTES = 1024 * 1024;
const NOW_MS = 1000;
const FEWEST_FIXTURES = 12;

const CHAT_END = /"finish_reason": ?"|data: ?\[DONE\]/;

/** Each provider's own sign that an answer may be whole; bytes without it never decode to a finish. */
const SIGN_OF_COMPLETENESS: Readonly<Record<string, RegExp>> = {
  openai: CHAT_END,
  'openai-compatible': CHAT_END,
  'workers-ai': CHAT_END,
  'openai-responses': /"type": ?"response\.(?:completed|incomplete)"/,
  anthropic: /"type": ?"message_stop"/,
  // A prompt that is blocked gets no candidate, so its answer is whole when the reason of the block is told.
  gemini: /"finishReason"|"blockReason"/,
  ndjson: /"done": ?true/,
};

type Fixture = {
  readonly file: string;
  readonly flavour: string | null;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly expected: readonly DecodedEvent[];
};

/** What the fixtures of each provider must show between them. */
const CASES: readonly (readonly [string, (fixture: Fixture) => boolean])[] = [
  ['text', ({ expected }) => has(expected, 'text_delta') && has(expected, 'finish')],
  ['a tool call', ({ expected }) => count(expected, 'tool_start') === 1],
  ['parallel tool calls', ({ expected }) => count(expected, 'tool_start') > 1],
  ['a refusal', ({ text, expected }) => /refus/i.test(text) && has(expected, 'finish')],
  ['an end by length', ({ expected }) => finishOf(expected)?.reason === 'length'],
  ['an end by a content filter', ({ expected }) => finishOf(expected)?.reason === 'content_filter'],
  ['an error first', ({ expected }) => expected.length === 1 && has(expected, 'failure')],
  ['an error in the middle', ({ expected }) => expected.length > 1 && has(expected, 'failure')],
  ['usage', ({ expected }) => (finishOf(expected)?.usage ?? null) !== null],
  ['usage missing', ({ expected }) => finishOf(expected)?.usage === null],
  [
    'characters of several bytes',
    ({ text, expected }) => has(expected, 'finish') && /[^\0-\u07ff—]/.test(text),
  ],
  ['an empty answer', ({ expected }) => expected.length === 1 && finishOf(expected)?.reason === 'stop'],
  ['thinking', ({ expected }) => has(expected, 'thinking')],
];

function provider(name: string): Provider {
  const found = providerNamed(name);
  if (found === null) throw new Error(`no provider ${name}`);
  return found;
}

function decoderOf(
  name: string,
  maxEventBytes = MAX_EVENT_BYTES,
  flavour: string | null = null,
): UpstreamDecoder {
  return provider(name).decoder(maxEventBytes, flavour);
}

function decode(name: string, pieces: readonly string[], flavour: string | null = null): DecodedEvent[] {
  const decoder = decoderOf(name, MAX_EVENT_BYTES, flavour);
  const events = pieces.flatMap((piece) => decoder.push(piece, NOW_MS));
  return [...events, ...decoder.close(NOW_MS)];
}

function byteByByte(bytes: Uint8Array): string[] {
  const utf8 = new TextDecoder();
  const pieces = Array.from(bytes, (_, at) => utf8.decode(bytes.subarray(at, at + 1), { stream: true }));
  return [...pieces, utf8.decode()];
}

/** The text up to each event's end but the last: a blank line in SSE, a line end elsewhere. */
function cuts(text: string, file: string): string[] {
  const boundary = file.endsWith('.sse') ? /\r?\n\r?\n/g : /\n/g;
  const ends = [...text.matchAll(boundary)].map((end) => end.index + end[0].length);
  return ends.filter((end) => end < text.length).map((end) => text.slice(0, end));
}

function isEnd(event: DecodedEvent): boolean {
  return event.type === 'finish' || event.type === 'failure';
}

/** What was decoded before the end. When a tool call counts as complete depends on what came after it. */
function contentOf(events: readonly DecodedEvent[]): DecodedEvent[] {
  return events.filter((event) => !isEnd(event) && event.type !== 'tool_end');
}

/** Plain text has no events of its own: its pieces are those of the network. */
function inOnePiece(events: readonly DecodedEvent[], file: string): readonly DecodedEvent[] {
  if (!file.endsWith('.txt')) return events;
  const text = events.map((event) => (event.type === 'text_delta' ? event.text : '')).join('');
  return [...(text === '' ? [] : [{ type: 'text_delta', text } as const]), ...events.filter(isEnd)];
}

function has(events: readonly DecodedEvent[], type: DecodedEvent['type']): boolean {
  return count(events, type) > 0;
}

function count(events: readonly DecodedEvent[], type: DecodedEvent['type']): number {
  return events.filter((event) => event.type === type).length;
}

function finishOf(events: readonly DecodedEvent[]): Extract<DecodedEvent, { type: 'finish' }> | undefined {
  return events.find((event) => event.type === 'finish');
}

function fixturesOf(name: string): Fixture[] {
  const folder = new URL(`${name}/`, FIXTURES);
  const files = readdirSync(folder).filter((file) => /\.(?:sse|ndjson|txt)$/.test(file));
  return files.map((file) => {
    const bytes = readFileSync(new URL(file, folder));
    const named = provider(name).flavours.find((flavour) => file.includes(`.${flavour}.`));
    const byFormat = file.endsWith('.ndjson') ? 'lines' : file.endsWith('.txt') ? 'text' : null;
    return {
      file,
      flavour: named ?? byFormat,
      bytes,
      text: bytes.toString('utf8'),
      expected: JSON.parse(readFileSync(new URL(file.replace(/\.[^.]+$/, '.json'), folder), 'utf8')),
    };
  });
}

function sourceOf(name: string, { file, text }: Fixture): string {
  if (file.endsWith('.sse')) return text.split('\n', 1)[0] ?? '';
  const list = new URL(`${name}/SOURCE.md`, FIXTURES);
  const lines = existsSync(list) ? readFileSync(list, 'utf8').split('\n') : [];
  return lines.find((line) => line.includes(file)) ?? '';
}

const folders = readdirSync(FIXTURES).filter((name) => providerNamed(name) !== null);

it('every folder of a provider is replayed', () => {
  expect(folders.toSorted()).toEqual(Object.keys(SIGN_OF_COMPLETENESS).toSorted());
});

describe.each(folders)('%s', (name) => {
  const fixtures = fixturesOf(name);
  const sign = SIGN_OF_COMPLETENESS[name] ?? /^$/;

  it(`has at least ${FEWEST_FIXTURES} fixtures, and they show every case`, () => {
    expect(fixtures.length).toBeGreaterThanOrEqual(FEWEST_FIXTURES);
    const missing = CASES.filter(([, shows]) => !fixtures.some(shows)).map(([title]) => title);
    expect(missing).toEqual([]);
  });

  it('names only flavours that the provider knows', () => {
    const unknown = fixtures.filter(({ file, flavour }) => flavour === null && file.split('.').length > 2);
    expect(unknown.map(({ file }) => file)).toEqual([]);
  });

  describe.each(fixtures)('$file', (fixture) => {
    const { file, flavour, bytes, text, expected } = fixture;

    it('tells where its bytes come from', () => {
      expect(sourceOf(name, fixture)).toMatch(/(?:documented|recorded) — \S/);
    });

    it('means the expected events, the one end last', () => {
      const events = decode(name, [text], flavour);
      expect(events).toEqual(expected);
      expect(events.map(isEnd).indexOf(true)).toBe(events.length - 1);
    });

    it('means the same one byte at a time', () => {
      const events = decode(name, byteByByte(bytes), flavour);
      expect(inOnePiece(events, file)).toEqual(inOnePiece(expected, file));
    });

    it('is whole only when the upstream said so, wherever the connection is cut', () => {
      for (const cut of file.endsWith('.txt') ? [] : cuts(text, file)) {
        const events = decode(name, [cut], flavour);
        const content = contentOf(events);
        expect(content).toEqual(contentOf(expected).slice(0, content.length));
        expect(events.map(isEnd).indexOf(true), cut).toBe(events.length - 1);
        if (!sign.test(cut)) expect(events.at(-1), cut).toMatchObject({ type: 'failure' });
        else expect([expected.at(-1)?.type, 'failure'], cut).toContain(events.at(-1)?.type);
      }
    });
  });

  it('reports a stream with nothing in it as failed', () => {
    expect(decode(name, [])).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });
});

describe.each(['openai', 'openai-compatible', 'workers-ai'])('%s, in the chat dialect,', (name) => {
  it('says nothing more after its end', () => {
    const decoder = decoderOf(name);
    decoder.push('data: [DONE]\n\n', NOW_MS);
    expect(decoder.push('data: nonsense\n\n', NOW_MS)).toEqual([]);
    expect(decoder.close(NOW_MS)).toEqual([]);
  });

  it('takes an event of exactly the allowed size and fails on one unit more, in one piece or in many', () => {
    const event = `data: ${JSON.stringify({ choices: [{ delta: { content: 'x'.repeat(100) } }] })}\n\n`;
    const size = event.length - 'data: \n\n'.length;
    for (const step of [event.length, 7, 1]) {
      const pieces = Array.from({ length: Math.ceil(event.length / step) }, (_, at) =>
        event.slice(at * step, at * step + step),
      );
      const fits = decoderOf(name, size);
      const tooLong = decoderOf(name, size - 1);
      expect(pieces.flatMap((piece) => fits.push(piece, NOW_MS))).toMatchObject([{ type: 'text_delta' }]);
      expect(pieces.flatMap((piece) => tooLong.push(piece, NOW_MS))).toEqual([
        { type: 'failure', code: 'upstream_malformed' },
      ]);
    }
  });

  it('gives up on an endless line before its end comes', () => {
    const decoder = decoderOf(name, 1000);
    const events = Array.from({ length: 20 }, () =>
      decoder.push(`data: ${'x'.repeat(100)}`.slice(0, 100), NOW_MS),
    );
    expect(events.flat()).toEqual([{ type: 'failure', code: 'upstream_malformed' }]);
  });

  it('measures a tool call from its first piece to its last', () => {
    const decoder = decoderOf(name);
    const piece = (call: object): string =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [call] } }] })}\n\n`;
    decoder.push(piece({ index: 0, id: 'a', function: { name: 'f', arguments: '{' } }), 1000);
    decoder.push(piece({ index: 0, function: { arguments: '}' } }), 1250);
    const end = decoder.push('data: [DONE]\n\n', 9000);
    expect(end[0]).toEqual({ type: 'tool_end', index: 0, result: null, duration_ms: 250 });
  });

  it('refuses more tool calls than a model makes on purpose', () => {
    const call = (id: number): string =>
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: id, id: `c${id}`, function: { name: 'f' } }] } }] })}\n\n`;
    const pieces = Array.from({ length: 129 }, (_, id) => call(id));
    const events = decode(name, pieces);
    expect(events.filter((event) => event.type === 'tool_start')).toHaveLength(128);
    expect(events.at(-1)).toEqual({ type: 'failure', code: 'upstream_malformed' });
  });
});

describe('a failure of an upstream is told apart by its code, not by its sentence', () => {
  it.each([
    ['3040: Capacity temporarily exceeded, please try again.', 'upstream_rate_limited'],
    ['AiError: 3036: you have used up your daily free allocation', 'upstream_rate_limited'],
    ['InferenceUpstreamError: 3007: Request timeout', 'upstream_timeout'],
    ['5007: No such model @cf/none or task', 'upstream_denied'],
    ['3023: Service unavailable for account', 'upstream_denied'],
    ['5016: User has not agreed to the terms of the model', 'upstream_denied'],
    ['3042: The model name is invalid', 'upstream_denied'],
    ['3008: Request was aborted', 'upstream_timeout'],
    ['3003: Request is missing headers or body', 'upstream_rejected'],
    ['AiError: 5006: Error: oneOf at / not met', 'upstream_rejected'],
    ['something else', 'upstream_failed'],
    ['', 'upstream_failed'],
  ])('Workers AI: "%s" is %s', (message, code) => {
    expect(provider('workers-ai').failureOfError(message)).toBe(code);
  });

  it.each([
    [{ type: 'server_error', message: 'secret' }, 'upstream_failed'],
    [{ code: 'rate_limit_exceeded' }, 'upstream_rate_limited'],
    [{ type: 'insufficient_quota' }, 'upstream_rate_limited'],
    [{ code: 503, message: 'no instance' }, 'upstream_failed'],
    [{ code: 429 }, 'upstream_rate_limited'],
    [{ type: 'invalid_request_error' }, 'upstream_rejected'],
    ['request timed out', 'upstream_timeout'],
    [true, 'upstream_failed'],
  ])('in a stream: %j is %s', (error, code) => {
    expect(decode('openai', [`data: ${JSON.stringify({ error })}\n\n`])).toEqual([{ type: 'failure', code }]);
  });
});
