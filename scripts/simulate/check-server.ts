// Before traffic starts: is a healthy edgeways there, and would its answers be paid? Only a server on this machine
// whose models are the scripted stand-ins is free; everything else needs a word from whoever pays.

import { setTimeout as sleep } from 'node:timers/promises';
import { at } from './chat-frame.ts';
import { keyHeaders } from './chat-request.ts';

/** To be told in one sentence, without a stack. */
export class SimulationError extends Error {}

const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Enough to read who speaks; a real model is asked no more than this. */
const PROBE_TOKENS = 32;
const PROBE_TRIES = 4;
const PROBE_RETRY_MS = 1_500;

const REMEDY = 'Add --yes-it-costs to send this traffic all the same.';

export async function checkServer(base: string): Promise<void> {
  const answer = await fetch(`${base}/healthz`).catch(() => null);
  if (answer === null) {
    throw new SimulationError(`No server answers at ${base}. Start one in another terminal: npm start`);
  }
  const text = await answer.text();
  if (answer.status === 200 && text.includes('"ok"')) return;
  throw new SimulationError(`${base} answered ${answer.status}, which is not a healthy edgeways.`);
}

/** Before anything is sent there. */
export function checkIsLocal(base: string): void {
  if (LOOPBACK.test(new URL(base).hostname)) return;
  throw new SimulationError(`${base} is not on this machine: its models may be paid. ${REMEDY}`);
}

export async function checkIsScripted(base: string): Promise<void> {
  for (const tier of ['edge', 'cloud']) {
    if (await isScripted(base, tier)) continue;
    throw new SimulationError(
      `The ${tier} tier of ${base} did not answer as a scripted stand-in: it may be paid. ${REMEDY}`,
    );
  }
}

export async function modelIds(base: string): Promise<readonly string[]> {
  const answer = await fetch(`${base}/v1/models`, { headers: keyHeaders() });
  const list: unknown = await answer.json();
  if (answer.status !== 200) {
    const message = String(at(list, 'error', 'message') ?? answer.status);
    throw new SimulationError(`GET /v1/models was refused: ${message} A key comes from EDGEWAYS_API_KEY.`);
  }
  const models = at(list, 'data');
  const ids = Array.isArray(models) ? models.map((model) => at(model, 'id')) : [];
  return ids.filter((id) => typeof id === 'string');
}

/** More than one try: a breaker may be open from the outage of an earlier run. */
async function isScripted(base: string, tier: string): Promise<boolean> {
  const body = JSON.stringify({
    model: tier,
    max_tokens: PROBE_TOKENS,
    messages: [{ role: 'user', content: 'Who are you?' }],
  });
  const headers = { ...keyHeaders(), 'content-type': 'application/json' };
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(`${base}/v1/chat/completions`, { method: 'POST', headers, body });
    const said = await answer.text();
    if (answer.status === 200) return said.includes('scripted stand-in');
    if (tries === PROBE_TRIES) return false;
    await sleep(PROBE_RETRY_MS);
  }
}
