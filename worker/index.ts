// The production entry: the HTTP surface and the objects. The local entry (`local.ts`) adds stand-ins; none
// of them is reachable from here.

// First in the bundle: in the middle of it, the artefact would push the code before it out of gzip's window. Behind it
// come what reads words, then the pipeline: what is alike compresses better side by side.
// oxlint-disable import/no-unassigned-import -- only their places count
import '../classifier/artefact.ts';
import '../classifier/classify.ts';
import '../policy/conversation/complaint.ts';
import '../policy/answer-check/full-check.ts';
import './pipeline.ts';
// oxlint-enable import/no-unassigned-import
import { app } from './app.ts';

export { AnswerCache } from '../durable-objects/answer-cache.ts';
export { Conversation } from '../durable-objects/conversation.ts';
export { Health } from '../durable-objects/health.ts';
export { Routing } from '../durable-objects/routing.ts';
export { Stats } from '../durable-objects/stats.ts';
export { Tenant } from '../durable-objects/tenant.ts';

export default app;
