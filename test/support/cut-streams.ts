// Generations whose readers will be cut: what each of them says is known, half of it is said only once a reader has
// been cut and has come back, and the network between has a script of faults made from a seed.

import type { CuttingProxy, Fault } from './cutting-proxy.ts';
import type { HeldCall, HeldUpstream } from './held-upstream.ts';
import type { Product } from './product.ts';
import { Random } from './replay-random.ts';

export type CutStream = {
  readonly streamId: string;
  /** Through the proxy, with the ticket: what a browser's EventSource can open. */
  readonly resumeUrl: string;
  /** What the model says, piece by piece. */
  readonly texts: readonly string[];
  /** How many faults were planned for it. */
  readonly faults: number;
};

export type CutStreamOptions = {
  readonly upstream: HeldUpstream;
  readonly product: Product;
  readonly proxy: CuttingProxy;
  readonly seed: number;
  readonly faults: number;
};

/** What breaks naive readers: joined emoji, line ends of every kind, text that looks like the wire. */
const PIECES = [
  'plain words ',
  '👩‍👩‍👧‍👦',
  'é\u0301',
  '\r\n',
  '\n\ndata: {"no":1}\n\n',
  '\r',
  'id: t1',
  ': keep-alive\n',
  '🇳🇴',
  '漢字',
  '\u2028',
];

const TEXTS = 60;
/** Smaller than the answer by far, so that every planned fault happens. */
const MAX_CUT_BYTES = 700;

/** Starts a generation; it goes on by itself, as readers come back. */
export async function startCutStream(options: CutStreamOptions): Promise<CutStream> {
  const { upstream, product, proxy, seed, faults } = options;
  const random = new Random(seed);
  const texts = Array.from(
    { length: TEXTS },
    (_, at) => `${at}:${random.pick(PIECES)}${'x'.repeat(random.below(30))}`,
  );
  const calling = upstream.next();
  const answering = fetch(`${product.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-edgeways-on-disconnect': 'continue' },
    body: JSON.stringify({
      model: 'cloud',
      stream: true,
      messages: [{ role: 'user', content: `seed ${seed}` }],
    }),
  });
  const call = await calling;
  call.text(...texts.slice(0, TEXTS / 2));
  const response = await answering;
  await response.body?.cancel();
  const streamId = response.headers.get('x-edgeways-stream') ?? '';
  const link = /<([^>]+)>/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
  proxy.plan(
    streamId,
    Array.from({ length: faults }, () => randomFault(random)),
  );
  proxy.onRequest(streamId, (count) => {
    if (count === 2) sayTheRest(call, texts.slice(TEXTS / 2));
  });
  return { streamId, resumeUrl: proxy.url + link, texts, faults };
}

function sayTheRest(call: HeldCall, texts: readonly string[]): void {
  const [next, ...more] = texts;
  if (next === undefined) {
    call.finish();
    return;
  }
  call.text(next);
  setImmediate(() => sayTheRest(call, more));
}

export function randomFault(random: Random): Fault {
  const afterBytes = random.below(MAX_CUT_BYTES);
  switch (random.below(4)) {
    case 0:
      return { type: 'cut', afterBytes, how: 'fin' };
    case 1:
      return { type: 'cut', afterBytes, how: 'reset' };
    case 2:
      return {
        type: 'dribble',
        sizes: Array.from({ length: 7 }, () => random.between(1, 7)),
        cutAfterBytes: afterBytes,
      };
    default:
      return { type: 'drop_head', afterBytes: random.below(12) };
  }
}
