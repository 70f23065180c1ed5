// The bindings and variables of this Worker, by hand: the generated type knows either the local or the
// production configuration, this one both.

import type { Conversation } from '../durable-objects/conversation.ts';
import type { EndpointEnv } from '../durable-objects/endpoints.ts';
import type { Routing } from '../durable-objects/routing.ts';
import type { Tenant } from '../durable-objects/tenant.ts';

export type Environment = EndpointEnv & {
  readonly CONVERSATIONS: DurableObjectNamespace<Conversation>;
  readonly TENANTS: DurableObjectNamespace<Tenant>;
  readonly ROUTING: DurableObjectNamespace<Routing>;
  /** `local` only at the top level of wrangler.toml: a Worker cannot see where it runs. */
  readonly EDGEWAYS_ENV?: string;
  readonly EDGEWAYS_SECRET?: string;
  /** The previous secret during a rotation: ids and tickets made with it stay valid. */
  readonly EDGEWAYS_SECRET_OLD?: string;
  /** JSON that replaces edgeways.config.json without a new build. */
  readonly EDGEWAYS_CONFIG?: string;
};
