// The production entry: the HTTP surface and the objects. The local entry (`local.ts`) adds stand-ins; none
// of them is reachable from here.

// First in the bundle: in the middle of it, it would push the code before it out of gzip's window.
// oxlint-disable-next-line import/no-unassigned-import -- only its place counts
import '../classifier/artefact.ts';
import { app } from './app.ts';

export { AnswerCache } from '../durable-objects/answer-cache.ts';
export { Conversation } from '../durable-objects/conversation.ts';
export { Health } from '../durable-objects/health.ts';
export { Routing } from '../durable-objects/routing.ts';
export { Tenant } from '../durable-objects/tenant.ts';

export default app;
