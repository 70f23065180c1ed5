// Every provider decodes what its servers send, however the network cuts it.
// A fixture is the bytes of one answer (`<case>.sse`) and the events it means (`<case>.json`).

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DecodedEvent } from '../protocol/upstream-event.ts';
import type { Provider, UpstreamDecoder } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';

const FIXTURES = new URL('fixtures/', import.meta.url);
const MAX_EVENT_BYTES = 1024 * 1024;
const NOW_MS = 1000;

function provider(name: string): Provider {
  const found = providerNamed(name);
  if (found === null) throw new Error(`no provider ${name}`);
  return found;
}

function decoderOf(name: string, maxEventBytes = MAX_EVENT_BYTES): UpstreamDecoder {
  return provider(name).decoder(maxEventBytes);
}

function decode(name: string, pieces: readonly string[]): DecodedEvent[] {
  const decoder = decoderOf(name);
  const events = pieces.flatMap((piece) => decoder.push(piece, NOW_MS));
  return [...events, ...decoder.close(NOW_MS)];
}

function byteByByte(bytes: Uint8Array): string[] {
  const utf8 = new TextDecoder();
  const pieces = Array.from(bytes, (_, at) => utf8.decode(bytes.subarray(at, at + 1), { stream: true }));
  return [...pieces, utf8.decode()];
}

/** The text up to each blank line but the last. */
function cuts(text: string): string[] {
  const ends = [...text.matchAll(/\r?\n\r?\n/g)].map((end) => end.index + end[0].length);
  return ends.filter((end) => end < text.length).map((end) => text.slice(0, end));
}

function isEnd(event: DecodedEvent): boolean {
  return event.type === 'finish' || event.type === 'failure';
}

describe.each(['openai', 'workers-ai'])('%s', (name) => {
  const folder = new URL(`${name}/`, FIXTURES);
  const cases = readdirSync(folder).filter((file) => file.endsWith('.sse'));

  describe.each(cases)('%s', (file) => {
    const bytes = readFileSync(new URL(file, folder));
    const text = bytes.toString('utf8');
    const expected: DecodedEvent[] = JSON.parse(
      readFileSync(new URL(file.replace('.sse', '.json'), folder), 'utf8'),
    );

    it('tells where its bytes come from', () => {
      expect(text).toMatch(/^: source: (documented|recorded) — \S/);
    });

    it('means the expected events, the one end last', () => {
      const events = decode(name, [text]);
      expect(events).toEqual(expected);
      expect(events.map(isEnd).indexOf(true)).toBe(events.length - 1);
    });

    it('means the same one byte at a time', () => {
      expect(decode(name, byteByByte(bytes))).toEqual(expected);
    });

    it('is whole only when the upstream said so, wherever the connection is cut', () => {
      for (const cut of cuts(text)) {
        const events = decode(name, [cut]);
        const content = events.filter((event) => !isEnd(event) && event.type !== 'tool_end');
        const said = /"finish_reason":"|data: ?\[DONE\]/.test(cut);
        expect(content).toEqual(expected.slice(0, content.length));
        if (!said) expect(events.at(-1), cut).toMatchObject({ type: 'failure' });
        else expect(events.at(-1)?.type, cut).toBe(expected.at(-1)?.type);
      }
    });
  });

  it('reports a stream with nothing in it as failed', () => {
    expect(decode(name, [])).toEqual([{ type: 'failure', code: 'upstream_failed' }]);
  });

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
    ['5007: No such model @cf/none or task', 'upstream_rejected'],
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
