// The product with another stand-in for the Workers AI binding: it runs no model of its own but asks the scripted
// server over loopback, so that connections behind the binding break as they do in the other dialects.

import { WorkerEntrypoint } from 'cloudflare:workers';

export * from '../../../worker/index.ts';
export { default } from '../../../worker/index.ts';
export { LocalCloud } from '../../../worker/local/local-cloud.ts';

type FaultyEnv = {
  readonly SCRIPTS_URL: string;
  /** Models whose script is named here are looked for at another address. */
  readonly SCRIPTS_ELSEWHERE: string;
};

export class LocalAI extends WorkerEntrypoint<FaultyEnv> {
  async run(model: string, inputs: unknown): Promise<ReadableStream<Uint8Array> | null> {
    const elsewhere = JSON.parse(this.env.SCRIPTS_ELSEWHERE) as Readonly<Record<string, string>>;
    const base = elsewhere[model.slice(model.lastIndexOf('/') + 1)] ?? this.env.SCRIPTS_URL;
    const response = await fetch(`${base}/run`, { method: 'POST', body: JSON.stringify({ model, inputs }) });
    if (!response.ok) throw new Error(await response.text());
    return response.body;
  }
}
