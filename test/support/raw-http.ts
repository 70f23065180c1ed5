// One HTTP request as bytes on a socket, for what no HTTP client would send: a foreign Host, two of a header, a body
// that is not what its head says. It reads until the server closes.

import { once } from 'node:events';
import { connect } from 'node:net';

export type RawAnswer = { readonly status: number; readonly text: string };

/** `lines`: request line and headers; `connection: close` is added, so that the answer ends. */
export async function rawHttp(port: number, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => socket.destroy()); // a server that resets has answered, too: the status tells
  socket.write(`${[...lines, 'connection: close'].join('\r\n')}\r\n\r\n${body}`);
  await once(socket, 'close');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}
