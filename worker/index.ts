// The production entry: the HTTP surface and the objects. The local entry (`local.ts`) adds stand-ins; none
// of them is reachable from here.

import { app } from './app.ts';

export { Conversation } from '../durable-objects/conversation.ts';
export { Routing } from '../durable-objects/routing.ts';
export { Tenant } from '../durable-objects/tenant.ts';

export default app;
