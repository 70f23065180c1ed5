// The promise: whoever asks for a stream gets that stream, also when the question comes before the generation itself
// does, and a disk that refuses to compact takes nothing away.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it, vi } from 'vitest';
import type { StopCall } from '../protocol/conversation-call.ts';
import { ConversationLogs } from '../durable-objects/conversation-logs.ts';
import { GRANTED, holdGeneration } from './support/held-generation.ts';

const { CONVERSATIONS } = env as unknown as { readonly CONVERSATIONS: DurableObjectNamespace }; // set in wrangler.toml

function refOf(createdMs: number): StopCall {
  const { plan } = holdGeneration().generation;
  const { generation, streamId, tenant, tenantObject, limits } = plan;
  const { heartbeatMs, maxFollowers, retentionMs } = limits;
  return { generation, streamId, tenant, tenantObject, createdMs, heartbeatMs, maxFollowers, retentionMs };
}

function inObject<Outcome>(test: (storage: DurableObjectStorage) => Promise<Outcome>): Promise<Outcome> {
  return runInDurableObject(CONVERSATIONS.get(CONVERSATIONS.newUniqueId()), (_object, state) =>
    test(state.storage),
  );
}

it('a request that joins a stream before it has arrived waits for it', async () => {
  const outcome = await inObject(async (storage) => {
    const ended: string[] = [];
    const logs = new ConversationLogs(storage, {
      cut: (ref) => ended.push(ref.streamId),
      goOn: () => undefined,
    });
    const { generation } = holdGeneration();
    const found = logs.find(refOf(Date.now()), Date.now());
    await scheduler.wait(1);
    logs.add(generation.plan.generation, generation);
    const joined = await found;
    return [joined.ok && joined.value.generation === generation, ended];
  });
  expect(outcome).toEqual([true, []]);
});

it('a stream that never arrives is interrupted, and does not begin any more', async () => {
  const outcome = await inObject(async (storage) => {
    const ended: string[] = [];
    const logs = new ConversationLogs(storage, {
      cut: (ref) => ended.push(ref.streamId),
      goOn: () => undefined,
    });
    const createdMs = Date.now() - 10_000;
    const ref = refOf(createdMs);
    const found = await logs.find(ref, Date.now());
    const end = found.ok ? found.value.followed.log.terminal : null;
    return [
      end?.type === 'error' && end.code,
      ended,
      logs.isGivenUp({ generation: ref.generation, createdMs }, Date.now()),
    ];
  });
  expect(outcome).toEqual(['interrupted', [refOf(0).streamId], true]);
});

it('an answer stays readable when its disk refuses to compact it', async () => {
  const held = holdGeneration();
  const outcome = await inObject(async (storage) => {
    const logs = new ConversationLogs(storage, { cut: () => undefined, goOn: () => undefined });
    const { generation, store } = held;
    logs.add(generation.plan.generation, generation);
    const run = generation.run();
    held.admission.resolve(GRANTED);
    held.say('answer');
    await generation.head;
    generation.stop();
    await run;
    store.isFull = true;
    logs.ended(generation.plan.generation, 'stopped');
    return [store.refusals, generation.log.terminal?.type];
  });
  expect(outcome).toEqual([1, 'done']);
});

it('a recovered log is deleted when its time has come, also when the object died before it set an alarm', async () => {
  const stub = CONVERSATIONS.get(CONVERSATIONS.newUniqueId());
  const ref = { ...refOf(Date.now() - 10_000), format: 't', cursor: null, pollMs: 0, isWhole: false };
  const response = await stub.fetch('https://conversation.invalid/follow', {
    method: 'POST',
    body: JSON.stringify(ref),
  });
  await response.text();
  const alarm = await vi.waitFor(async () => {
    const set = await runInDurableObject(stub, (_object, state) => state.storage.getAlarm());
    expect(set).not.toBe(null);
    return set;
  });
  expect((alarm ?? 0) - Date.now()).toBeGreaterThan(50_000);
});
