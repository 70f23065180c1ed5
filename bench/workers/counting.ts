// The product with a count of the rows it writes, by what they are for. It wraps each object's storage from the
// outside: the product's own classes know nothing of it. GET /bench/rows answers the counts so far.

import product, {
  Conversation as ProductConversation,
  Routing as ProductRouting,
  Tenant as ProductTenant,
} from '../../worker/local.ts';
import type { RowCounts, RowUse } from '../row-counts.ts';

export { LocalAI, LocalCloud } from '../../worker/local.ts';

const rows: Record<RowUse, number> = {
  log: 0,
  compaction: 0,
  deletion: 0,
  lease: 0,
  routing: 0,
  alarm: 0,
};
let deletedLogs = 0;

type ConversationArguments = ConstructorParameters<typeof ProductConversation>;
type TenantArguments = ConstructorParameters<typeof ProductTenant>;
type RoutingArguments = ConstructorParameters<typeof ProductRouting>;

export class Conversation extends ProductConversation {
  constructor(...[state, env]: ConversationArguments) {
    super(state, env);
    countAlarms(state);
    let rewriting = false;
    countRows(state, (query, written) => {
      // The log is only ever deleted to be compacted (its new pages follow in the same turn) or because it expired.
      if (query.startsWith('DELETE FROM page')) {
        rewriting = true;
        queueMicrotask(() => {
          rewriting = false;
        });
      }
      if (query.startsWith('DELETE FROM generation')) deletedLogs++;
      rows[useOf(query, rewriting)] += written;
    });
  }
}

export class Tenant extends ProductTenant {
  constructor(...[state, env]: TenantArguments) {
    super(state, env);
    countAlarms(state);
    countRows(state, (_query, written) => {
      rows.lease += written;
    });
  }
}

export class Routing extends ProductRouting {
  constructor(...[state, env]: RoutingArguments) {
    super(state, env);
    countAlarms(state);
    countRows(state, (_query, written) => {
      rows.routing += written;
    });
  }
}

function useOf(query: string, rewriting: boolean): RowUse {
  if (query.startsWith('DELETE FROM generation')) return 'deletion';
  return rewriting ? 'compaction' : 'log';
}

function countRows(state: DurableObjectState, note: (query: string, written: number) => void): void {
  const { sql } = state.storage;
  const exec = sql.exec.bind(sql);
  const counted = (
    query: string,
    ...bindings: unknown[]
  ): SqlStorageCursor<Record<string, SqlStorageValue>> => {
    const cursor = exec(query, ...bindings);
    if (cursor.rowsWritten > 0) note(query, cursor.rowsWritten);
    return cursor;
  };
  Object.defineProperty(sql, 'exec', { value: counted });
}

/** Setting an alarm is billed as one row. */
function countAlarms(state: DurableObjectState): void {
  const { storage } = state;
  const setAlarm = storage.setAlarm.bind(storage);
  Object.defineProperty(storage, 'setAlarm', {
    value: (...args: Parameters<typeof setAlarm>) => {
      rows.alarm++;
      return setAlarm(...args);
    },
  });
}

export default {
  fetch(request: Request, env: never, ctx: ExecutionContext): Response | Promise<Response> {
    if (new URL(request.url).pathname !== '/bench/rows') return product.fetch(request, env, ctx);
    const counts: RowCounts = { rows, deletedLogs };
    return Response.json(counts);
  },
};
