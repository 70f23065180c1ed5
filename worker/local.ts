// The local entry: the same product, with scripted stand-ins for the models behind service bindings, so that
// it runs offline, without an account and without keys.

export { default, AnswerCache, Conversation, Health, Routing, Stats, Tenant } from './index.ts';
export { LocalAI } from './local/local-ai.ts';
export { LocalCloud } from './local/local-cloud.ts';
