// Where upstreams are reached. Base URLs and keys come from the deployment only, never from a request:
// a client that could name an upstream could make the Worker call anything, with our key.

import type { UpstreamTarget } from '../protocol/plan.ts';
import type { Provider } from '../providers/provider.ts';
import { DEFAULT_CLOUD } from '../providers/registry.ts';
import type { HealthEnv } from './isolate-health.ts';

/** The part of the Workers AI binding that is used; the local stand-in has the same `run`. */
export type AiBinding = { run(model: string, inputs: object, options?: object): Promise<unknown> };

/** Beside these, every provider and every configured endpoint names its own variables. */
export type EndpointEnv = HealthEnv & {
  readonly AI?: unknown;
  readonly LOCAL_CLOUD?: Fetcher;
  readonly EDGE_API_KEY?: string;
  readonly EDGE_BASE_URL?: string;
  /** Token of an authenticated Cloudflare AI Gateway. */
  readonly CF_AIG_TOKEN?: string;
};

export type Endpoint =
  | {
      readonly type: 'http';
      readonly baseUrl: string;
      readonly apiKey: string | null;
      /** Headers that the way to the server needs, whoever answers there. */
      readonly headers: Readonly<Record<string, string>>;
      readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
    }
  | { readonly type: 'binding'; readonly ai: AiBinding };

/** The stand-in's address: a service binding ignores the host, `.invalid` can never resolve. */
const LOCAL_CLOUD_URL = 'https://cloud.invalid/v1';

/** Cloudflare AI Gateway's address; account, gateway and provider follow in the path. */
export const GATEWAY_URL = 'https://gateway.ai.cloudflare.com/v1/';

/** The endpoint that prompts with data locality `edge-only` may go to. */
export const EDGE_ENDPOINT = 'edge';

const CLOUD_ENDPOINT = 'cloud';

type Asked = Pick<UpstreamTarget, 'endpoint' | 'server'>;

/** The endpoint of a target, or null when this deployment lacks what it needs; `missingFor` says what. */
export function endpointOf(target: Asked, provider: Provider, env: EndpointEnv): Endpoint | null {
  if (target.server !== undefined) {
    const { baseUrl, keyVariable } = target.server;
    const apiKey = keyVariable === null ? '' : variable(env, keyVariable);
    return keyVariable !== null && apiKey === '' ? null : overHttp(baseUrl, apiKey, env);
  }
  if (target.endpoint === EDGE_ENDPOINT) return edgeEndpoint(env);
  return target.endpoint === CLOUD_ENDPOINT ? cloudEndpoint(provider, env) : null;
}

/** What has to be set for this target to be reached. */
export function missingFor(target: Asked, provider: Provider): string {
  const own = target.server?.keyVariable ?? null;
  if (own !== null) return own;
  if (target.endpoint === EDGE_ENDPOINT) return 'the AI binding or EDGE_BASE_URL';
  return (provider.server ?? DEFAULT_CLOUD).keyVariable;
}

function edgeEndpoint(env: EndpointEnv): Endpoint | null {
  if (isEdgeOverHttp(env)) return overHttp(env.EDGE_BASE_URL ?? '', env.EDGE_API_KEY ?? '', env);
  if (env.AI === undefined) return null;
  return { type: 'binding', ai: env.AI as AiBinding }; // the generated binding type differs between local and production
}

function cloudEndpoint(provider: Provider, env: EndpointEnv): Endpoint | null {
  const { keyVariable, baseUrlVariable, baseUrl } = provider.server ?? DEFAULT_CLOUD;
  const apiKey = variable(env, keyVariable);
  const ownUrl = variable(env, baseUrlVariable);
  if (apiKey !== '' || ownUrl !== '') return overHttp(ownUrl === '' ? baseUrl : ownUrl, apiKey, env);
  const local = env.LOCAL_CLOUD;
  // The stand-in speaks one dialect only.
  if (local === undefined || keyVariable !== DEFAULT_CLOUD.keyVariable) return null;
  const send = (url: string, request: RequestInit): Promise<Response> => local.fetch(url, request);
  return { type: 'http', baseUrl: LOCAL_CLOUD_URL, apiKey: null, headers: {}, fetch: send };
}

function overHttp(baseUrl: string, apiKey: string, env: EndpointEnv): Endpoint {
  const token = env.CF_AIG_TOKEN ?? '';
  const isGated = token !== '' && baseUrl.startsWith(GATEWAY_URL);
  return {
    type: 'http',
    baseUrl: baseUrl.replace(/\/+$/, ''),
    apiKey: apiKey === '' ? null : apiKey,
    headers: isGated ? { 'cf-aig-authorization': `Bearer ${token}` } : {},
    fetch: (url, request) => fetch(url, request),
  };
}

/** '' when it is not set. */
export function variable(env: EndpointEnv, name: string): string {
  const value: unknown = Reflect.get(env, name);
  return typeof value === 'string' ? value : '';
}

/** True when a server of the deployment's own replaces the Workers AI binding at the edge. */
export function isEdgeOverHttp(env: EndpointEnv): boolean {
  return (env.EDGE_BASE_URL ?? '') !== '';
}
