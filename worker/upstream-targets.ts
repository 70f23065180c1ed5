// Where each configured model is reached: its provider, its endpoint, and AI Gateway in front when there is one.
// No secret is read here: a target names the variable that holds its key.

import type { UpstreamTarget } from '../protocol/plan.ts';
import type { Config, ModelConfig } from '../policy/config.ts';
import {
  endpointOf,
  EDGE_ENDPOINT,
  GATEWAY_URL,
  isEdgeOverHttp,
  missingFor,
  variable,
} from '../durable-objects/endpoints.ts';
import type { Provider } from '../providers/provider.ts';
import { providerNamed, SELF_HOSTED } from '../providers/registry.ts';
import type { Environment } from './environment.ts';

export type TargetScope = { readonly config: Config; readonly env: Environment };

export function targetOf(model: ModelConfig, scope: TargetScope): UpstreamTarget {
  const { config, env } = scope;
  const { endpoint, upstream_model: upstreamModel } = model;
  if (endpoint === EDGE_ENDPOINT && isEdgeOverHttp(env)) {
    return { provider: SELF_HOSTED.name, endpoint, upstreamModel };
  }
  const target = { provider: model.provider, endpoint, upstreamModel };
  const configured = config.endpoints[endpoint];
  if (configured === undefined) return { ...target, ...gated(model, scope) };
  const { base_url: baseUrl, api_key_var: keyVariable = null, flavour } = configured;
  const server = { baseUrl: baseUrl.replace(/\/+$/, ''), keyVariable };
  return { ...target, server, ...(flavour === undefined ? {} : { flavour }) };
}

/** What must be set before this model can be called; null when nothing is missing. */
export function missingOf(model: ModelConfig, scope: TargetScope): string | null {
  const target = targetOf(model, scope);
  const provider = providerOf(target);
  return endpointOf(target, provider, scope.env) === null ? missingFor(target, provider) : null;
}

/** Every configured provider exists: the deployment checks it before it serves. */
export function providerOf({ provider: name }: Pick<UpstreamTarget, 'provider'>): Provider {
  const provider = providerNamed(name);
  if (provider === null) throw new Error(`no provider ${name}`);
  return provider;
}

/** A base URL of the deployment's own wins over the gateway: that is how tests and proxies are put in between. */
function gated(
  { provider, endpoint }: ModelConfig,
  { config: { ai_gateway: gateway }, env }: TargetScope,
): Pick<UpstreamTarget, 'server' | 'gatewayId'> {
  if (gateway === null) return {};
  if (endpoint === EDGE_ENDPOINT) return { gatewayId: gateway.gateway_id };
  const server = providerOf({ provider }).server;
  if (server === null || server.gatewaySlug === null || variable(env, server.baseUrlVariable) !== '')
    return {};
  const baseUrl = `${GATEWAY_URL}${gateway.account_id}/${gateway.gateway_id}/${server.gatewaySlug}`;
  return { server: { baseUrl, keyVariable: server.keyVariable } };
}
