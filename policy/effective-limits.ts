// The limits that hold for one request: the configuration's, with the tenant's own on top.
// It only merges; parse-time bounds are in config-schema.ts, counting is in lease-book.ts.

import type { DisconnectPolicy, Durability, GenerationLimits, TenantLimits } from '../protocol/plan.ts';
import type { Config, ModelConfig, TenantConfig } from './config.ts';

type LimitScope = { readonly config: Config; readonly tenant: TenantConfig | null };

type AnswerBounds = Pick<ModelConfig, 'max_output_tokens' | 'default_max_tokens'>;

/** @param isLocal - local mode takes `local_limits`; a tenant's own limits still win there */
export function tenantLimits({ config, tenant }: LimitScope, isLocal: boolean): TenantLimits {
  const limits = { ...(isLocal ? config.local_limits : config.limits), ...tenant?.limits };
  return {
    concurrentStreams: limits.concurrent_streams,
    streamsPerAddress: limits.streams_per_address,
    requestsPerMinute: limits.requests_per_minute,
    tokensPerMinute: limits.tokens_per_minute,
  };
}

/** The answer's limit in tokens: the least of what was asked (or the model's default), the tenant's clamp and the model's own. */
export function answerLimit(
  { config, tenant }: LimitScope,
  asked: number | null,
  model: AnswerBounds,
): number {
  const clamp = tenant?.limits?.max_output_tokens ?? config.limits.max_output_tokens;
  return Math.min(asked ?? model.default_max_tokens ?? clamp, clamp, model.max_output_tokens);
}

export function generationLimits(config: Config): GenerationLimits {
  const { timeouts, limits } = config;
  return {
    connectMs: timeouts.connect_ms,
    firstContentMs: timeouts.first_content_ms,
    idleMs: timeouts.idle_ms,
    totalMs: timeouts.total_ms,
    headHoldMs: timeouts.head_hold_ms,
    heartbeatMs: timeouts.heartbeat_ms,
    maxUpstreamEventBytes: limits.upstream_event_bytes,
    maxAnswerBytes: limits.answer_bytes,
    maxFollowers: limits.followers_per_stream,
    retentionMs: config.retention_seconds * 1000,
  };
}

export function durabilityOf({ config, tenant }: LimitScope): Durability {
  return tenant?.durability ?? config.durability;
}

/** What a disconnect means when the request does not say. */
export function defaultDisconnectPolicy(config: Config): DisconnectPolicy {
  const { default: type, linger_seconds: seconds } = config.on_disconnect;
  return type === 'linger' ? { type, lingerMs: seconds * 1000 } : { type };
}
