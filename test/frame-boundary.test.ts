import { describe, expect, it } from 'vitest';
import { FrameBoundary } from '../worker/frame-boundary.ts';

const FRAMES =
  'event: text_delta\ndata: {"text":"ü"}\nid: t1\n\n: keep-alive\ndata: {"a":1}\nid: t2\n\n: keep-alive\n';

function bytes(frames: string): Uint8Array {
  return new TextEncoder().encode(frames);
}

function text(chunk: Uint8Array | null): string {
  return chunk === null ? '' : new TextDecoder().decode(chunk);
}

describe('cutting a byte stream at frame boundaries', () => {
  it('passes whole frames and heartbeats on, and remembers the last id', () => {
    const boundary = new FrameBoundary();
    expect(text(boundary.push(bytes(FRAMES)))).toBe(FRAMES);
    expect(boundary.lastId).toBe('t2');
  });

  it('passes the same bytes on whatever the split, and never half a frame', () => {
    const all = bytes(FRAMES);
    for (let cut = 0; cut <= all.byteLength; cut++) {
      const boundary = new FrameBoundary();
      const first = text(boundary.push(all.slice(0, cut)));
      expect(first === '' || first.endsWith('\n')).toBe(true);
      expect(
        first
          .replaceAll(/: keep-alive\n/g, '')
          .replace(/\n\n$/, '')
          .includes('data') ===
          (boundary.lastId !== null),
      ).toBe(true);
      expect(first + text(boundary.push(all.slice(cut)))).toBe(FRAMES);
    }
  });

  it('forgets an incomplete frame when another body takes over', () => {
    const boundary = new FrameBoundary();
    boundary.push(bytes('data: 1\nid: a\n\ndata: 2\nid: b'));
    boundary.restart();
    expect(text(boundary.push(bytes('data: 2\nid: b\n\n')))).toBe('data: 2\nid: b\n\n');
    expect(boundary.lastId).toBe('b');
  });

  it('keeps the id of the frame before one without an id', () => {
    const boundary = new FrameBoundary();
    boundary.push(bytes('data: 1\nid: a\n\nevent: reset\ndata: {}\n\n'));
    expect(boundary.lastId).toBe('a');
  });
});
