// The bindings and variables of this Worker, by hand: the generated type knows either the local or the
// production configuration, this one both.

import type { AnswerCache } from '../durable-objects/answer-cache.ts';
import type { Conversation } from '../durable-objects/conversation.ts';
import type { EndpointEnv } from '../durable-objects/endpoints.ts';
import type { Health } from '../durable-objects/health.ts';
import type { Routing } from '../durable-objects/routing.ts';
import type { Stats } from '../durable-objects/stats.ts';
import type { StatsEnv } from '../durable-objects/stats-client.ts';
import type { Tenant } from '../durable-objects/tenant.ts';

export type Environment = EndpointEnv & {
  readonly CONVERSATIONS: DurableObjectNamespace<Conversation>;
  readonly TENANTS: DurableObjectNamespace<Tenant>;
  readonly ROUTING: DurableObjectNamespace<Routing>;
  readonly HEALTH: DurableObjectNamespace<Health>;
  readonly ANSWER_CACHES: DurableObjectNamespace<AnswerCache>;
  readonly STATS: DurableObjectNamespace<Stats>;
  /** Analytics Engine, if the deployment binds it. */
  readonly ANALYTICS?: NonNullable<StatsEnv['ANALYTICS']>;
  readonly OPENAI_API_KEY?: string;
  readonly OPENAI_BASE_URL?: string;
  /** `local` only at the top level of wrangler.toml: a Worker cannot see where it runs. */
  readonly EDGEWAYS_ENV?: string;
  readonly EDGEWAYS_SECRET?: string;
  /** The previous secret during a rotation: ids and tickets made with it stay valid. */
  readonly EDGEWAYS_SECRET_OLD?: string;
  /** JSON that replaces edgeways.config.json without a new build. */
  readonly EDGEWAYS_CONFIG?: string;
};
