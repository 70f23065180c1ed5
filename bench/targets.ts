// What can stand between the load generator and the model server, and the requests to send to each.

import type { Workerd } from '../test/support/workerd.ts';
import type { Stage, Storage } from './stage.ts';

export type Target = {
  readonly name: string;
  readonly port: number;
  /** Whose CPU and memory are measured; null when nothing stands in between. */
  readonly workerd: Workerd | null;
  /** The HTTP request of stream `index`. `warm` streams reuse an object by number, others get a new one. */
  request(index: number, script: string): string;
};

/** Long enough to be classified in earnest, short enough not to be what is measured. */
const PROMPT =
  'Our bakery opens a second shop in March. Write a short note to our regular customers that tells them when it ' +
  'opens, why we chose that street, and that the sourdough will be the same. Keep it warm and under 120 words.';

export function direct(stage: Stage): Target {
  return {
    name: 'nothing (upstream directly)',
    port: stage.upstreamPort,
    workerd: null,
    request: post(() => '/v1/chat/completions'),
  };
}

export function bare(stage: Stage): Target {
  return { ...on(stage.baseline.tmpfs), name: 'bare Worker: the floor', request: post(() => '/bare') };
}

let fresh = 0;

export function empty(stage: Stage, storage: Storage, kind: 'warm' | 'new'): Target {
  const path =
    kind === 'warm'
      ? (index: number) => `/empty/warm-${index}`
      : () => `/empty/new-${process.pid}-${fresh++}`;
  return { ...on(stage.baseline[storage]), name: `empty object, ${kind}, ${storage}`, request: post(path) };
}

export function product(stage: Stage, storage: Storage, kind: 'warm' | 'new'): Target {
  const headers = (index: number): string =>
    kind === 'warm' ? `x-edgeways-conversation: warm-${index}\r\n` : '';
  return {
    ...on(stage.product[storage]),
    name: `edgeways, ${kind}, ${storage}`,
    request: post(() => '/v1/chat/completions', headers),
  };
}

function on(workerd: Workerd): Pick<Target, 'port' | 'workerd'> {
  return { port: workerd.port, workerd };
}

function post(
  path: (index: number) => string,
  headers: (index: number) => string = () => '',
): Target['request'] {
  return (index, script) => {
    const content = `${PROMPT} ${script}`;
    const body = JSON.stringify({ model: 'auto', stream: true, messages: [{ role: 'user', content }] });
    return (
      `POST ${path(index)} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
      `${headers(index)}connection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  };
}

export function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`;
}
