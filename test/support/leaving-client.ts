// A streaming client on a bare socket that leaves in the way it is told: by `stop`, by a reset, or by a polite close.
// HTTP clients choose that themselves; here it is the point.

import { connect, type Socket } from 'node:net';
import type { Product } from './product.ts';

export type Leaving = 'stop' | 'reset' | 'fin';

export class LeavingClient {
  readonly #product: Product;
  readonly #socket: Socket;
  readonly #waiting = new Map<string, () => void>();
  #text = '';

  constructor(product: Product, model: string, content: string) {
    this.#product = product;
    const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content }] });
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      `host: 127.0.0.1:${product.port}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      'x-edgeways-on-disconnect: abort',
    ];
    this.#socket = connect(product.port, '127.0.0.1').setEncoding('utf8');
    this.#socket.on('data', (piece: string) => this.#take(piece));
    this.#socket.on('error', () => this.#socket.destroy()); // the end of it is seen at the upstream
    this.#socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  }

  /** Resolves when this much has come, head included. */
  until(part: string): Promise<void> {
    if (this.#text.includes(part)) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.set(part, resolve));
  }

  /** The head is complete, so the stream can be named. */
  async headSeen(): Promise<void> {
    await this.until('\r\n\r\n');
  }

  /** Returns when it left, by `performance.now()`. `stop` needs the head. */
  async leave(how: Leaving): Promise<number> {
    const leftMs = performance.now();
    if (how === 'reset') this.#socket.resetAndDestroy();
    if (how === 'fin') this.#socket.destroy();
    if (how === 'stop') await this.#stop();
    return leftMs;
  }

  async #stop(): Promise<void> {
    const id = /^x-edgeways-stream: *(\S+)/im.exec(this.#text)?.[1] ?? '';
    const stopped = await fetch(`${this.#product.url}/v1/streams/${id}/stop`, { method: 'POST' });
    if (stopped.status !== 204) throw new Error(`stop was answered with ${stopped.status}`);
    this.#socket.destroy();
  }

  #take(piece: string): void {
    this.#text += piece;
    for (const [part, seen] of this.#waiting) if (this.#text.includes(part)) seen();
  }
}
