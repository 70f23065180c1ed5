// The four loads of the table. L1: one stream after another, 20 ms to the first token, 5 ms a token. L256 and L1000:
// so many streams at once, 50 tokens a second each. B16: 16 streams as fast as they go.

import type { Load } from './load.ts';
import type { Target } from './targets.ts';

type Shape = Omit<Load, 'port' | 'requests'>;

/** Streams start this far apart: what is measured is running streams, not a thousand starts at once. */
const RAMP_MS_PER_STREAM = 8;

/** What the starts left behind is served before the window opens. */
const SETTLE_MS = 1500;

/** `bench tokens=… gap=… first=…` is read by the model server. */
function script(tokens: number, gapMs: number, firstMs: number): string {
  return `bench tokens=${tokens} gap=${gapMs} first=${firstMs}`;
}

function loadOf(
  target: Target,
  count: number,
  wanted: string | ((index: number) => string),
  shape: Shape,
): Load {
  const scriptOf = typeof wanted === 'string' ? () => wanted : wanted;
  const requests = Array.from({ length: count }, (_, index) => target.request(index, scriptOf(index)));
  return { ...shape, port: target.port, requests };
}

/** "Warm" is a conversation that exists, not one with a thousand answers in it. */
const L1_CONVERSATIONS = 8;

/** What an object does after an answer ended is not part of the next one's time to the first token. */
const L1_THINK_MS = 25;

export function l1(target: Target, streams: number): Load {
  const shape = {
    rampMs: 0,
    thinkMs: L1_THINK_MS,
    atOnce: 1,
    warmUpMs: 0,
    windowEndMs: null,
    timed: true,
    giveUpMs: 15_000,
  };
  const requests = Array.from({ length: streams }, (_, index) =>
    target.request(index % L1_CONVERSATIONS, script(4, 5, 20)),
  );
  return { ...shape, port: target.port, requests };
}

/** The same streams, eight at a time and without a pause: compiles what an isolate in use has compiled. */
export function warmUp(target: Target, streams: number): Load {
  return { ...l1(target, streams), atOnce: 8, thinkMs: 0 };
}

export function b16(target: Target, tokensEach: number): Load {
  const shape = {
    rampMs: 0,
    thinkMs: 0,
    atOnce: 16,
    warmUpMs: 0,
    windowEndMs: null,
    timed: false,
    giveUpMs: 30_000,
  };
  return loadOf(target, 16, script(tokensEach, 0, 0), shape);
}

/** `seconds` of all streams at once, after they started and settled. */
export function paced(target: Target, streams: number, seconds: number): Load {
  const rampMs = streams * RAMP_MS_PER_STREAM;
  const settledMs = rampMs + SETTLE_MS;
  const windowEndMs = settledMs + seconds * 1000;
  // Each stream lasts until the window closes, whenever it began.
  const tokens = (index: number): number => Math.ceil((windowEndMs - index * RAMP_MS_PER_STREAM) / 20);
  const shape = {
    rampMs,
    thinkMs: 0,
    atOnce: streams,
    warmUpMs: settledMs,
    windowEndMs,
    timed: true,
    giveUpMs: windowEndMs + 8000,
  };
  return loadOf(target, streams, (index) => script(tokens(index), 20, 20), shape);
}

/** Streams that are open and nearly silent: what an open stream costs in memory. */
export function quiet(target: Target, streams: number, openMs: number): Load {
  const rampMs = streams * 2;
  const shape = {
    rampMs,
    thinkMs: 0,
    atOnce: streams,
    warmUpMs: 0,
    windowEndMs: null,
    timed: false,
    giveUpMs: openMs + rampMs + 10_000,
  };
  return loadOf(target, streams, script(Math.ceil((openMs + rampMs) / 500), 500, 20), shape);
}

/** `streams` answers of 500 tokens in 11 seconds: what the rows are counted of. */
export function answersOf500(target: Target, streams: number): Load {
  const shape = {
    rampMs: 1000,
    thinkMs: 0,
    atOnce: streams,
    warmUpMs: 0,
    windowEndMs: null,
    timed: false,
    giveUpMs: 30_000,
  };
  return loadOf(target, streams, script(500, 22, 20), shape);
}
