// The pure parts of reading a stream in the playground: what is counted, when it comes back, what an answer shows.

import { describe, expect, it } from 'vitest';
import { applyEvent, applyReset, newAnswer, tokensPerSecond } from '../playground/answer/answer-state.ts';
import { RenderLag } from '../playground/answer/render-lag.ts';
import { Sentences } from '../playground/answer/sentences.ts';
import { waitingWords } from '../playground/answer/waiting-words.ts';
import { ChatEvents } from '../playground/stream/chat-events.ts';
import { type Frame, readFrames } from '../playground/stream/read-frames.ts';
import { reconnectDelayMs } from '../playground/stream/reconnect-delay.ts';
import { countFrame, countReset, NOTHING_COUNTED, seqOf } from '../playground/stream/sequence-count.ts';
import type { StreamEvent } from '../playground/stream/wire-events.ts';

function counted(...seqs: readonly number[]) {
  return seqs.reduce(countFrame, NOTHING_COUNTED);
}

describe('the counters', () => {
  it('know the number in an id, and no number in anything else', () => {
    expect(
      ['tmfzwq2ltmv3ggyl5.1-17', 'cmfzwq2ltmv3ggyl5.12-0', 'x.1-1', '', 't.1-', 'tabc.1-1x'].map(seqOf),
    ).toEqual([17, 0, null, null, null, null]);
  });

  it('are zero for a stream that came whole', () => {
    expect(counted(0, 1, 2, 3)).toEqual({ frames: 4, gaps: 0, duplicates: 0, last: 3 });
  });

  it('count every number that was passed over and every one that came twice', () => {
    expect(counted(0, 1, 4, 4, 2, 5)).toEqual({ frames: 6, gaps: 2, duplicates: 2, last: 5 });
  });

  it('count a beginning that is missing', () => {
    expect(counted(2).gaps).toBe(2);
  });

  it('take what comes anew after a reset for what it is', () => {
    const again = [6, 7].reduce(countFrame, countReset(counted(0, 1, 2, 3, 4, 5, 6, 7), 5));
    expect(again).toMatchObject({ gaps: 0, duplicates: 0, last: 7 });
  });
});

describe('coming back after a broken connection', () => {
  it('takes longer with every failure, never more than eight seconds, and is spread', () => {
    expect([1, 2, 3, 20].map((attempt) => reconnectDelayMs(attempt, 0))).toEqual([150, 300, 600, 4_000]);
    expect([1, 2, 3, 20].map((attempt) => reconnectDelayMs(attempt, 1))).toEqual([300, 600, 1_200, 8_000]);
  });
});

describe('reading frames', () => {
  const wire =
    'event: text_delta\nretry: 5\ndata: {"type":"text_delta","text":"é"}\nid: tabc.1-0\n\n: keep-alive\ndata: x\n\n';

  it.each([1, 3, 1_000])('gives the same frames for bytes in pieces of %i', async (size) => {
    const frames: Frame[] = [];
    for await (const frame of readFrames(inPieces(wire, size), () => null)) frames.push(frame);
    expect(frames).toEqual([
      { event: 'text_delta', data: '{"type":"text_delta","text":"é"}', id: 'tabc.1-0' },
      { event: 'message', data: 'x', id: null },
    ]);
  });

  it('takes no more bytes than the pace allows', async () => {
    const sizes: number[] = [];
    let asked = 0;
    const frames: Frame[] = [];
    // 20 pieces a second: 400 bytes a second are 20 bytes a piece. The pace is asked once for each.
    for await (const frame of readFrames(inPieces(wire, 1_000), () => ((asked += 1), 400))) {
      frames.push(frame);
      sizes.push(asked);
    }
    expect([frames.length, sizes.at(-1)]).toEqual([2, Math.ceil(new TextEncoder().encode(wire).length / 20)]);
  });
});

function inPieces(text: string, size: number): Response {
  const bytes = new TextEncoder().encode(text);
  let from = 0;
  return new Response(
    new ReadableStream({
      pull: (controller) => {
        if (from >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(from, (from += size)));
      },
    }),
  );
}

const DONE = {
  type: 'done',
  finish_reason: 'stop',
  usage: { input_tokens: 5, output_tokens: 11 },
  timing: { first_token_ms: 100, total_ms: 600 },
  cost_usd: 0.001,
} as const;

function after(...events: readonly StreamEvent[]) {
  return events.reduce((state, event, at) => applyEvent(state, event, 100 + at), newAnswer(0, ''));
}

describe('an answer', () => {
  it('is the sum of its pieces, with the time of the first', () => {
    const state = after(
      { type: 'thinking', text: 'hm' },
      { type: 'text_delta', text: 'a' },
      { type: 'text_delta', text: 'b' },
      { type: 'status', phase: 'continued', message: 'Another model goes on.' },
      DONE,
    );
    expect(state).toMatchObject({
      text: 'ab',
      thinking: 'hm',
      notes: ['Another model goes on.'],
      firstTokenMs: 100,
      newestMs: 102,
      end: { type: 'done' },
    });
  });

  it('takes no harm from an event of a newer server', () => {
    const state = newAnswer(0, '');
    expect(applyEvent(state, { type: 'hologram' } as unknown as StreamEvent, 1)).toBe(state);
  });

  it('puts the arguments of each tool call together, and says when they are whole', () => {
    const state = after(
      { type: 'tool_start', index: 0, tool: 'one', args: '' },
      { type: 'tool_delta', index: 0, args: '{"a"' },
      { type: 'tool_start', index: 1, tool: 'two', args: '{}' },
      { type: 'tool_delta', index: 0, args: ':1}' },
      { type: 'tool_end', index: 0 },
    );
    expect(state.tools).toEqual([
      { index: 0, name: 'one', args: '{"a":1}', isWhole: true },
      { index: 1, name: 'two', args: '{}', isWhole: false },
    ]);
  });

  it('is what survived after a reset, behind what it went on with, and says that it was taken back', () => {
    const state = applyReset({ ...newAnswer(0, 'before '), text: 'before lost text', revision: 2 }, 'kept');
    expect([state.text, state.revision, state.notes.length]).toEqual(['before kept', 3, 1]);
  });

  it('has a speed by the server’s clock, so that a cut connection does not slow it', () => {
    expect(tokensPerSecond(after({ type: 'text_delta', text: 'a' }, DONE))).toBe(20);
    expect(tokensPerSecond(after({ type: 'text_delta', text: 'a' }))).toBeNull();
  });

  it('without a log is read from OpenAI’s chunks', () => {
    const events = new ChatEvents();
    const chunks = [
      '{"choices":[{"delta":{"role":"assistant","content":""},"finish_reason":null}]}',
      '{"choices":[{"delta":{"reasoning_content":"hm"},"finish_reason":null}]}',
      '{"choices":[{"delta":{"content":"Hi"},"finish_reason":null}]}',
      '{"choices":[{"delta":{},"finish_reason":"length"}]}',
      '{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1},"x_edgeways":{"cost_usd":0.5}}',
      '[DONE]',
    ];
    expect(chunks.flatMap((data) => events.read({ event: 'message', data, id: null }))).toEqual([
      { type: 'thinking', text: 'hm' },
      { type: 'text_delta', text: 'Hi' },
      {
        type: 'done',
        finish_reason: 'length',
        usage: { input_tokens: 3, output_tokens: 1 },
        timing: { first_token_ms: null, total_ms: 0 },
        cost_usd: 0.5,
      },
    ]);
  });
});

describe('somebody who waits', () => {
  it('is told more the longer it takes', () => {
    const stages = [0, 999, 1_000, 2_999, 3_000, 9_999, 10_000].map((ms) => waitingWords(ms).stage);
    expect(stages).toEqual(['dots', 'dots', 'thinking', 'thinking', 'working', 'working', 'long']);
  });

  it('hears whole sentences, each once, and the rest at the end', () => {
    const sentences = new Sentences();
    const said = ['Hel', 'Hello. How', 'Hello. How are you? 3.1', 'Hello. How are you? 3.14 is'].map((text) =>
      sentences.next(text, false),
    );
    said.push(
      sentences.next('Hello. How are you? 3.14 is pi', true),
      sentences.next('Hello. How are you? 3.14 is pi', true),
    );
    expect(said).toEqual(['', 'Hello.', 'How are you?', '', '3.14 is pi', '']);
  });
});

describe('the render lag', () => {
  it('is the time from arrival to paint, of the pieces that were in the painted frame', () => {
    const lag = new RenderLag();
    lag.arrived(0);
    lag.arrived(10);
    lag.drawn();
    lag.arrived(12); // for the next frame
    lag.painted(20);
    expect(lag.p95()).toBe(20);
    lag.drawn();
    lag.painted(52);
    expect(lag.p95()).toBe(40);
  });

  it('says nothing of a tab that paints nothing', () => {
    const lag = new RenderLag();
    lag.arrived(0);
    lag.forget();
    lag.drawn();
    lag.painted(9);
    expect(lag.p95()).toBeNull();
  });
});
