// Replay logs on the objects' real SQLite: what is promised as one write is there whole or not at all.

import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { expect, it } from 'vitest';
import { SqlLogs } from '../durable-objects/sql-log-store.ts';

function stub(name: string): DurableObjectStub {
  return env.CONVERSATIONS.get(env.CONVERSATIONS.idFromName(name));
}

it('a change of several rows that fails in its middle leaves the pages that were there', async () => {
  const pages = await runInDurableObject(stub('keeps-writes-whole'), (_object, state) => {
    const store = new SqlLogs(state.storage).storeFor('generation');
    store.transaction(() => store.writePage({ firstSeq: 0, body: 'Lold' }), { isOneRow: true });
    const fails = (): void => {
      store.transaction(() => {
        store.replacePages([{ firstSeq: 0, body: 'Cnew' }]);
        throw new Error('the disk is full');
      });
    };
    expect(fails).toThrow('the disk is full');
    return [store.pageAt(0), store.lastPage()];
  });
  expect(pages).toEqual([
    { firstSeq: 0, body: 'Lold' },
    { firstSeq: 0, body: 'Lold' },
  ]);
});
