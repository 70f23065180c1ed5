// What is written comes back, for any text there is: lone surrogates, line separators, NUL, byte order marks.

import fc from 'fast-check';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { describe, expect, it } from 'vitest';

import { chatProjector } from '../dialects/chat/projector.ts';
import { typedProjector } from '../dialects/typed/projector.ts';
import { cursorPrefix, parseCursor, type Cursor } from '../protocol/cursor.ts';
import type { StreamEvent } from '../protocol/events.ts';
import { toFrameNumber } from '../protocol/seq.ts';
import { encodeFrame, HEARTBEAT } from '../protocol/sse.ts';
import { decodeColumns, toColumns } from '../replay/columns.ts';
import { decodeLines, encodeLine, LINES } from '../replay/page.ts';
import { splitOversize } from '../replay/split-oversize.ts';

const RUNS = { numRuns: 10_000 };

/** Any UTF-16, valid or not, with what breaks line formats more often than chance would have it. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
      fc.constantFrom(
        '\r',
        '\n',
        '\r\n',
        '\u2028',
        '\u2029',
        '\ufeff',
        '\u0000',
        '\ud83d',
        '\ude00',
        'data: ',
        '\n\n',
        '😀',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const anyEvent: fc.Arbitrary<StreamEvent> = fc.oneof(
  { weight: 6, arbitrary: anyText.map((text): StreamEvent => ({ type: 'text_delta', text })) },
  { weight: 2, arbitrary: anyText.map((text): StreamEvent => ({ type: 'thinking', text })) },
  anyText.map((message): StreamEvent => ({ type: 'status', phase: 'failover', message })),
  anyText.map((args): StreamEvent => ({ type: 'tool_delta', index: 1, args })),
  anyText.map((args): StreamEvent => ({
    type: 'tool_start',
    index: 0,
    id: 'c',
    tool: 't',
    args,
    status: 'executing',
  })),
  fc.constant<StreamEvent>({ type: 'tool_end', index: 0, result: null, duration_ms: 1 }),
  fc
    .constantFrom(85, 86, 87, 400)
    .map((length): StreamEvent => ({ type: 'text_delta', text: '字'.repeat(length) })),
);

const FACTS = { generation: 'abcdefghijklmnop', streamId: 's', model: 'm', createdMs: 0, includeUsage: true };

describe('server-sent events', () => {
  it('carry any text unchanged to a real parser, wherever the bytes are cut', () => {
    const projectors = [chatProjector(FACTS), typedProjector(FACTS)];
    fc.assert(
      fc.property(anyEvent, fc.constantFrom(...projectors), fc.nat(60), (event, projector, cut) => {
        const frames = projector.frames(event);
        expect(projector.count(event)).toBe(frames.length);
        const wire = frames.map((frame, n) => HEARTBEAT + encodeFrame(frame, `id-${n}`)).join('');
        const wanted = frames.map(({ event: name, data }, n) => ({ id: `id-${n}`, event: name, data }));
        expect(parse(wire, cut)).toEqual(wanted);
        for (const { data } of frames) expect(data).not.toMatch(/[\r\n]/);
      }),
      RUNS,
    );
  });

  it('bring back the very text that was generated', () => {
    const projector = typedProjector(FACTS);
    fc.assert(
      fc.property(anyText, (text) => {
        const wire = projector.frames({ type: 'text_delta', text }).map((frame) => encodeFrame(frame, 'id'));
        const delivered = parse(wire.join(''), 7).map(({ data }) => JSON.parse(data) as unknown);
        expect(delivered).toEqual([{ type: 'text_delta', text }]);
      }),
      RUNS,
    );
  });
});

describe('stored events', () => {
  it('come back from a page of lines', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 20 }), (events) => {
        const stored = asStored(LINES + events.map(encodeLine).join(''));
        expect(decodeLines(stored)).toEqual(events);
      }),
      { numRuns: 3000 },
    );
  });

  it('come back from columns, each under its number', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), fc.nat(10_000), (events, firstSeq) => {
        const pages = toColumns(events, firstSeq);
        const decoded = pages.map(({ firstSeq: seq, body }) => ({
          seq,
          events: decodeColumns(asStored(body)),
        }));
        let next = firstSeq;
        for (const page of decoded) {
          expect(page.seq).toBe(next);
          next += page.events.length;
        }
        expect(decoded.flatMap((page) => page.events)).toEqual(events);
      }),
      { numRuns: 3000 },
    );
  });

  it('are split without losing a unit or tearing a pair that was whole', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 9 }), (text, maxUnits) => {
        const parts = splitOversize({ type: 'text_delta', text }, maxUnits).map((part) =>
          'text' in part ? part.text : '',
        );
        expect(parts.join('')).toBe(text);
        for (const [at, part] of parts.entries()) {
          expect(part.length).toBeLessThanOrEqual(maxUnits);
          const seam = part.slice(-1) + (parts[at + 1] ?? '').slice(0, 1);
          expect(seam).not.toMatch(/^[\ud800-\udbff][\udc00-\udfff]$/);
        }
      }),
      RUNS,
    );
  });
});

describe('cursors', () => {
  it('are read back as they were written', () => {
    const cursors = fc.record({
      format: fc.constantFrom('c' as const, 't' as const),
      generation: fc.stringMatching(/^[a-z2-7]{16}$/),
      epoch: fc.integer({ min: 1, max: 99_999 }),
      frame: fc.integer({ min: 0, max: 999_999_999 }).map(toFrameNumber),
    });
    fc.assert(
      fc.property(cursors, (cursor) => {
        const text = written(cursor);
        expect(parseCursor(text)).toEqual(cursor);
        expect(text).toMatch(/^[a-z0-9.-]{1,40}$/);
      }),
      RUNS,
    );
  });

  it('are refused when one character is damaged, unless they are then another whole cursor', () => {
    const genuine = 'tabcdefghijklmnop.3-120';
    fc.assert(
      fc.property(fc.nat(genuine.length), fc.string({ unit: 'binary', maxLength: 2 }), (at, damage) => {
        const text = genuine.slice(0, at) + damage + genuine.slice(at + 1);
        const cursor = parseCursor(text);
        if (cursor !== null) expect(written(cursor)).toBe(text);
      }),
      RUNS,
    );
  });
});

function written({ format, generation, epoch, frame }: Cursor): string {
  return cursorPrefix(format, generation, epoch) + String(frame);
}

/** As a database that stores UTF-8 gives it back. */
function asStored(body: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(body));
}

/** Feeds the bytes in two pieces. */
function parse(wire: string, cut: number): EventSourceMessage[] {
  const messages: EventSourceMessage[] = [];
  const parser = createParser({
    onEvent: (message) => messages.push(message),
    onError: (error) => {
      throw error;
    },
  });
  const bytes = new TextEncoder().encode(wire);
  const decoder = new TextDecoder();
  parser.feed(decoder.decode(bytes.subarray(0, cut), { stream: true }));
  parser.feed(decoder.decode(bytes.subarray(cut)));
  return messages;
}
