// How fast a finished stream of 10,000 events comes back, as a client that lost everything would ask for it.

import { median } from './machine.ts';
import { figure, type Report } from './report.ts';
import type { Stage } from './stage.ts';
import { get } from './targets.ts';

const EVENTS = 10_000;

export async function measureReplay(stage: Stage, report: Report, times: number): Promise<void> {
  const { tmpfs } = stage.product;
  const streamId = await finishedStream(tmpfs.url);
  report.section(`Replay of a finished stream of ${EVENTS.toLocaleString('en-US')} events`);
  const rates: number[] = [];
  for (const format of ['chat', 'typed']) {
    const requests = Array.from({ length: times + 3 }, () => get(`/v1/streams/${streamId}?format=${format}`));
    const load = {
      rampMs: 0,
      thinkMs: 0,
      atOnce: 1,
      warmUpMs: 0,
      windowEndMs: null,
      timed: false,
      giveUpMs: 20_000,
    };
    const result = await stage.run({ ...load, port: tmpfs.port, requests }, null);
    const complete = result.tokens === EVENTS * requests.length && result.failures.length === 0;
    if (!complete)
      throw new Error(
        `replay lost events: ${result.tokens} of ${EVENTS * requests.length} ${result.failures[0] ?? ''}`,
      );
    const ms = median(result.streamMs.slice(3));
    const rate = EVENTS / (ms / 1000);
    rates.push(rate);
    report.line(
      `${format.padEnd(6)} ${figure(rate)} events/s, ${figure(ms)} ms a replay, from the request to the end`,
    );
  }
  const slowest = Math.min(...rates);
  report.goal({
    rank: 'next',
    sense: 'at_least',
    unit: 'events/s',
    what: 'replay, 10,000 events, slower format',
    figure: slowest,
    bound: 500_000,
  });
}

async function finishedStream(url: string): Promise<string> {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'auto',
      stream: true,
      messages: [{ role: 'user', content: `Write a long story. bench tokens=${EVENTS} gap=0 first=0` }],
    }),
  });
  await response.text();
  const streamId = response.headers.get('x-edgeways-stream');
  if (streamId === null) throw new Error(`no stream: ${response.status}`);
  return streamId;
}
