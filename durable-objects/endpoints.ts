// Where upstreams are reached. Base URLs and keys come from the deployment only, never from a request:
// a client that could name an upstream could make the Worker call anything, with our key.

/** The part of the Workers AI binding that is used; the local stand-in has the same `run`. */
export type AiBinding = { run(model: string, inputs: object, options?: object): Promise<unknown> };

export type EndpointEnv = {
  readonly AI?: unknown;
  readonly LOCAL_CLOUD?: Fetcher;
  readonly OPENAI_API_KEY?: string;
  readonly OPENAI_BASE_URL?: string;
  readonly EDGE_API_KEY?: string;
  readonly EDGE_BASE_URL?: string;
};

export type Endpoint =
  | {
      readonly type: 'http';
      readonly baseUrl: string;
      readonly apiKey: string | null;
      readonly fetch: (url: string, request: RequestInit) => Promise<Response>;
    }
  | { readonly type: 'binding'; readonly ai: AiBinding };

const OPENAI_BASE_URL = 'https://api.openai.com/v1';

/** The stand-in's address: a service binding ignores the host, `.invalid` can never resolve. */
const LOCAL_CLOUD_URL = 'https://cloud.invalid/v1';

/** The endpoint that prompts with data locality `edge-only` may go to. */
export const EDGE_ENDPOINT = 'edge';

/** The endpoint a plan names, or null when this deployment has none by that name. */
export function endpointNamed(name: string, env: EndpointEnv): Endpoint | null {
  if (name === EDGE_ENDPOINT) return edgeEndpoint(env);
  if (name === 'cloud') return cloudEndpoint(env);
  return null;
}

function edgeEndpoint(env: EndpointEnv): Endpoint | null {
  if (isSet(env.EDGE_BASE_URL)) return overHttp(env.EDGE_BASE_URL, env.EDGE_API_KEY);
  if (env.AI === undefined) return null;
  return { type: 'binding', ai: env.AI as AiBinding }; // the generated binding type differs between local and production
}

function cloudEndpoint(env: EndpointEnv): Endpoint | null {
  if (isSet(env.OPENAI_BASE_URL) || isSet(env.OPENAI_API_KEY)) {
    return overHttp(isSet(env.OPENAI_BASE_URL) ? env.OPENAI_BASE_URL : OPENAI_BASE_URL, env.OPENAI_API_KEY);
  }
  const local = env.LOCAL_CLOUD;
  if (local === undefined) return null;
  return {
    type: 'http',
    baseUrl: LOCAL_CLOUD_URL,
    apiKey: null,
    fetch: (url, request) => local.fetch(url, request),
  };
}

function overHttp(baseUrl: string, apiKey: string | undefined): Endpoint {
  return {
    type: 'http',
    baseUrl: baseUrl.replace(/\/+$/, ''),
    apiKey: isSet(apiKey) ? apiKey : null,
    fetch: (url, request) => fetch(url, request),
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

/** True when a server of the deployment's own replaces the Workers AI binding at the edge. */
export function isEdgeOverHttp(env: EndpointEnv): boolean {
  return isSet(env.EDGE_BASE_URL);
}
