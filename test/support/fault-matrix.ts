// Every fault in every dialect against the running product, seen through the official `openai` package: once with
// nobody to fall back on, once with a healthy model of another provider. It observes; what should be seen stands in
// `fault-expectations.ts`.

import OpenAI, { APIError } from 'openai';
import { DIALECT_SCRIPTS, HEALTHY, startFaultyUpstream, type FaultyUpstream } from './faulty-upstream.ts';
import { SCRIPT_KEY, type DialectScript } from './dialect-scripts/dialect-script.ts';
import { ANSWER, ANSWER_PIECES } from './faithful-answer.ts';
import { FAULTS, FAULTS_OF_HTTP, FAULTY_ADDRESSES, spokenText, type Fault } from './faults.ts';
import { inTurns } from './in-turns.ts';
import { startProduct, type Product } from './product.ts';
import { fetchSse } from './read-sse.ts';

export type Cell = { readonly fault: Fault; readonly dialect: DialectScript };

/** What the client saw, in the words of the table. */
export type SeenCell = Cell & { readonly alone: string; readonly backedUp: string };

export const CELLS: readonly Cell[] = FAULTS.flatMap((fault) =>
  DIALECT_SCRIPTS.filter(({ isBinding }) => !(isBinding && FAULTS_OF_HTTP.includes(fault))).map(
    (dialect) => ({ fault, dialect }),
  ),
);

/** Runs at once: most of them wait for a time limit. */
const AT_ONCE = 6;

/** Far above what a busy machine takes for a call on loopback, or another fault would be seen than was played. */
const TIMEOUTS = {
  connect_ms: 2000,
  first_content_ms: 2500,
  idle_ms: 2000,
  total_ms: 40_000,
  head_hold_ms: 20_000,
  heartbeat_ms: 500,
};

/** An endless line is cut at this size. */
const EVENT_BYTES = 64 * 1024;

const ENTRY = new URL('./workers/faulty-ai.ts', import.meta.url);

export async function seeFaultMatrix(): Promise<readonly SeenCell[]> {
  const upstream = await startFaultyUpstream();
  const alone = await startFaultyProduct(upstream, { on_upstream_loss: 'error' }, () => []);
  const backedUp = await startFaultyProduct(upstream, {}, ({ dialect }) => [healthyFor(dialect)]);
  try {
    return await inTurns(CELLS, AT_ONCE, async (cell) => ({
      ...cell,
      alone: inWords(await ask(alone, upstream, cell)),
      backedUp: inWords(await ask(backedUp, upstream, cell)),
    }));
  } finally {
    await alone.dispose();
    await backedUp.dispose();
    await upstream.dispose();
  }
}

/** Another provider's: what has failed for one is not asked of it again. */
function healthyFor({ provider }: DialectScript): string {
  const other = DIALECT_SCRIPTS.find((dialect) => dialect.provider !== provider);
  return `${other?.provider}:${HEALTHY}`;
}

const modelId = ({ fault, dialect }: Cell): string => `${dialect.provider}:${fault}`;

function startFaultyProduct(
  upstream: FaultyUpstream,
  failover: object,
  fallbacksOf: (cell: Cell) => readonly string[],
): Promise<Product> {
  const scripts = (dialect: DialectScript) => [HEALTHY, ...FAULTS].map((script) => modelOf(dialect, script));
  const fallbacks = Object.fromEntries(CELLS.map((cell) => [modelId(cell), fallbacksOf(cell)]));
  const elsewhere = { refused: upstream.closedUrl, 'dns-failure': 'https://nowhere.invalid' };
  return startProduct({
    entry: ENTRY,
    vars: {
      SCRIPTS_URL: upstream.url,
      SCRIPTS_ELSEWHERE: JSON.stringify(elsewhere),
      ...serverVars(upstream.url),
    },
    config: {
      models: DIALECT_SCRIPTS.flatMap(scripts),
      endpoints: Object.fromEntries(
        Object.entries(elsewhere).map(([name, base_url]) => [name, { base_url }]),
      ),
      // One storm of failures after another: what a budget of retries does in it is not what this table is about.
      failover: { cross_tier: 'both', retry_ratio: 1, fallbacks, ...failover },
      timeouts: TIMEOUTS,
      limits: { upstream_event_bytes: EVENT_BYTES },
    },
  });
}

function modelOf(dialect: DialectScript, script: string): object {
  const hasAddress = FAULTY_ADDRESSES.some((fault) => fault === script) && !dialect.isBinding;
  return {
    id: `${dialect.provider}:${script}`,
    tier: dialect.endpoint,
    provider: dialect.provider,
    endpoint: hasAddress ? script : dialect.endpoint,
    upstream_model: dialect.upstreamModel(script),
    context_tokens: 32_000,
    max_output_tokens: 1000,
    // One of them goes on with a beginning as it stands, the others are told how.
    capabilities: dialect.provider === 'anthropic' ? ['prefill'] : [],
    price: { input_usd_per_mtok: 1, output_usd_per_mtok: 1 },
  };
}

function serverVars(url: string): Readonly<Record<string, string>> {
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: SCRIPT_KEY,
    ANTHROPIC_BASE_URL: `${url}/v1`,
    ANTHROPIC_API_KEY: SCRIPT_KEY,
    GEMINI_BASE_URL: url,
    GEMINI_API_KEY: SCRIPT_KEY,
  };
}

/** What one request saw; null fields: it did not come to that. */
type Seen = {
  readonly text: string;
  readonly finished: boolean;
  readonly error: { readonly status: number | null; readonly code: string | null } | null;
  /** `x-edgeways-model`. */
  readonly model: string | null;
  readonly asked: string;
  /** Reasons of `route_changed` in the log. */
  readonly changes: readonly string[];
};

let runs = 0;

async function ask(product: Product, upstream: FaultyUpstream, cell: Cell): Promise<Seen> {
  const client = new OpenAI({ apiKey: 'any', baseURL: `${product.url}/v1`, maxRetries: 0, timeout: 30_000 });
  const content = `When does the ferry leave? (${++runs})`;
  const asked = modelId(cell);
  let text = '';
  let finished = false;
  let model: string | null = null;
  let streamId: string | null = null;
  let error: Seen['error'] = null;
  try {
    const body = { model: asked, stream: true as const, messages: [{ role: 'user' as const, content }] };
    const { data, response } = await client.chat.completions.create(body).withResponse();
    model = response.headers.get('x-edgeways-model');
    streamId = response.headers.get('x-edgeways-stream');
    for await (const { choices } of data) {
      text += choices[0]?.delta.content ?? '';
      finished ||= (choices[0]?.finish_reason ?? null) !== null;
      upstream.saw(content, text);
    }
  } catch (caught) {
    if (!(caught instanceof APIError)) throw caught;
    error = { status: caught.status ?? null, code: caught.code ?? null };
  }
  const changes = streamId === null ? [] : await changesIn(product, streamId);
  return { text, finished, error, model, asked, changes };
}

async function changesIn(product: Product, streamId: string): Promise<readonly string[]> {
  const log = await fetchSse(`${product.url}/v1/streams/${streamId}?format=typed`);
  await log.end;
  const changes = log.events.filter(({ event }) => event === 'route_changed');
  return changes.map(({ data }) => (JSON.parse(data) as { readonly reason: string }).reason);
}

function inWords({ text, finished, error, model, asked, changes }: Seen): string {
  if (error !== null && error.status !== null) return `${error.status} \`${error.code}\``;
  if (error !== null) {
    const kept = text === spokenText(ANSWER_PIECES) ? 'the beginning' : JSON.stringify(text);
    return `${kept}, then \`${error.code}\``;
  }
  const answer =
    text === ANSWER && finished ? 'whole' : `${finished ? 'ended' : 'cut'} ${JSON.stringify(text)}`;
  const named = model === asked ? 'the model asked for' : 'the fallback';
  return `${answer}, head names ${named}, ${changes.length === 0 ? 'no change' : changes.join(' + ')}`;
}
