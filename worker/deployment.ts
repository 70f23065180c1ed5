// What this deployment is: its validated configuration and its secrets, read once per isolate.
// A deployment that is not fit to serve says what is missing instead of serving.

import { loadModel } from '../classifier/model.ts';
import fileConfig from '../edgeways.config.json';
import type { ChatRequest } from '../protocol/chat-request.ts';
import type { Refusal } from '../protocol/errors.ts';
import { ok, refuse, type Result } from '../protocol/result.ts';
import { problem, type ConfigProblem } from '../policy/config-problem.ts';
import { formatProblems, parseConfig, type Config, type TenantConfig } from '../policy/config.ts';
import { Headroom } from '../policy/headroom.ts';
import type { EncodeOptions, Provider } from '../providers/provider.ts';
import { providerNamed } from '../providers/registry.ts';
import { RouteMemory } from '../policy/route-memory.ts';
import type { Environment } from './environment.ts';
import { Signer } from './signer.ts';
import { TenantPolicies } from './tenant-policy.ts';
import { TenantRoutings } from './tenant-routing.ts';

export type Deployment = {
  readonly config: Config;
  readonly signer: Signer;
  /** Local mode: no keys, loopback only, stand-ins allowed. */
  readonly isLocal: boolean;
  readonly tenantByKeyHash: ReadonlyMap<string, TenantConfig>;
  readonly classifier: ReturnType<typeof loadModel>;
  /** How much room tenants had lately: a hint, so it may be wrong, stale or empty. No request data. */
  readonly headroom: Headroom;
  /** Where conversations were routed lately, and what tenants' traffic has taught: hints as well, no request data. */
  readonly memory: RouteMemory;
  readonly routings: TenantRoutings;
  readonly policies: TenantPolicies;
};

/** NIST SP 800-107: an HMAC key of the hash's length gives its full strength. */
const MIN_SECRET_BYTES = 32;

/** One per environment object, which is one per isolate. Not request state: it depends on the deployment alone. */
const deployments = new WeakMap<Environment, Result<Deployment, Refusal>>();

export function deploymentOf(env: Environment): Result<Deployment, Refusal> {
  const known = deployments.get(env);
  if (known !== undefined) return known;
  const made = makeDeployment(env);
  deployments.set(env, made);
  return made;
}

function makeDeployment(env: Environment): Result<Deployment, Refusal> {
  const config = readConfig(env.EDGEWAYS_CONFIG);
  if (!config.ok) return config;
  const secrets = [env.EDGEWAYS_SECRET, env.EDGEWAYS_SECRET_OLD].filter(isStrong);
  if (!isStrong(env.EDGEWAYS_SECRET)) {
    const remedy = `Set a random secret of at least ${MIN_SECRET_BYTES} bytes: wrangler secret put EDGEWAYS_SECRET.`;
    return refuse({ reason: 'not_configured', missing: 'EDGEWAYS_SECRET', remedy });
  }
  const isLocal = env.EDGEWAYS_ENV === 'local';
  if (!isLocal && config.value.tenants.length === 0) {
    const remedy = 'Make a key with `npm run key -- <tenant> --write` and deploy again.';
    return refuse({
      reason: 'not_configured',
      missing: 'an API key (tenants in edgeways.config.json)',
      remedy,
    });
  }
  return ok({
    config: config.value,
    signer: new Signer(secrets),
    isLocal,
    tenantByKeyHash: keyIndex(config.value),
    classifier: loadModel(),
    headroom: new Headroom(),
    memory: new RouteMemory(),
    routings: new TenantRoutings(),
    policies: new TenantPolicies(),
  });
}

function readConfig(override: string | undefined): Result<Config, Refusal> {
  const source = override === undefined || override === '' ? fileConfig : parseJson(override);
  const parsed = parseConfig(source);
  const problems = parsed.ok ? providerProblems(parsed.value) : parsed.refusal;
  if (parsed.ok && problems.length === 0) return parsed;
  const remedy = `It has problems:\n${formatProblems(problems)}`;
  return refuse({ reason: 'not_configured', missing: 'a valid configuration', remedy });
}

/** The policy knows no provider, so their names are checked here. */
function providerProblems({ models, endpoints }: Config): readonly ConfigProblem[] {
  return models.flatMap(({ provider: name, endpoint, upstream_model: upstreamModel }, index) => {
    const provider = providerNamed(name);
    if (provider === null) {
      const remedy = 'Use the name of a folder in providers/.';
      return [problem(`models[${index}].provider`, `no provider "${name}"`, remedy)];
    }
    const { flavour = null } = endpoints[endpoint] ?? {};
    if (flavour !== null && !provider.flavours.includes(flavour)) {
      const remedy = `Known to ${name}: ${provider.flavours.join(', ') || 'none'}.`;
      return [problem(`endpoints.${endpoint}.flavour`, `no flavour "${flavour}"`, remedy)];
    }
    return isNameable(provider, { upstreamModel, flavour })
      ? []
      : [
          problem(
            `models[${index}].upstream_model`,
            `no model of ${name} is called so`,
            'Correct its spelling.',
          ),
        ];
  });
}

/** Some providers have the model's name in an address, where not every name can stand. */
function isNameable(provider: Provider, options: EncodeOptions): boolean {
  try {
    provider.encode(SMALLEST_REQUEST, options);
    return true;
  } catch {
    return false; // told as a problem of the configuration
  }
}

const SMALLEST_REQUEST: ChatRequest = {
  model: 'auto',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: true,
  includeUsage: false,
  maxOutputTokens: null,
  tools: [],
  parameters: {},
};

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // refused by the schema like any other value that is no configuration
  }
}

function keyIndex(config: Config): ReadonlyMap<string, TenantConfig> {
  return new Map(
    config.tenants.flatMap((tenant) => tenant.key_sha256.map((hash) => [hash, tenant] as const)),
  );
}

function isStrong(secret: string | undefined): secret is string {
  return secret !== undefined && new TextEncoder().encode(secret).byteLength >= MIN_SECRET_BYTES;
}
