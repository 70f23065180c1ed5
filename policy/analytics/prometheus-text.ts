// The lifetime totals as Prometheus reads them (text format 0.0.4). Names are those of OpenTelemetry's conventions for
// generative AI where they have one for what is kept here, ours else: docs/decisions, metrics without tenants.
// Invariant: labels are the configuration's and closed sets, so neither tenants nor clients make a series.

import { toUsd } from '../money/usd.ts';
import { Cell, type SumName } from './cell.ts';
import type { LogHistogram } from './log-histogram.ts';
import { OUTCOMES } from './metrics.ts';
import { countsOf } from './route-answer.ts';
import type { HistogramName } from './stats-question.ts';

/** Tokens are counted and not distributed: only their sums are kept. */
const TOKENS = 'gen_ai_client_inference_usage_';

export type TotalsRow = {
  readonly tier: string;
  readonly model: string;
  readonly provider: string;
  readonly cell: Cell;
};

const COUNTERS: readonly (readonly [string, string, SumName])[] = [
  ['edgeways_cost_usd', 'US dollars of every call.', 'cost_nano'],
  ['edgeways_all_cloud_cost_usd', 'The same, had the cloud answered all.', 'all_cloud_nano'],
  ['edgeways_escalations', 'Edge drafts that the cloud replaced.', 'escalated'],
  ['edgeways_failovers', 'Answers another model took over.', 'failed_over'],
  ['edgeways_continuations', 'Answers that outlived their upstream.', 'continued'],
  ['edgeways_hedges', 'Answers asked of two models.', 'hedged'],
  ['edgeways_reconnects', 'Connections that went on after a cursor.', 'reconnects'],
  [`${TOKENS}input_tokens`, 'With cached ones.', 'input_tokens'],
  [`${TOKENS}output_tokens`, 'Of answers.', 'output_tokens'],
  [`${TOKENS}cache_read_input_tokens`, 'From the prompt cache.', 'cached_tokens'],
];

const HISTOGRAMS: readonly (readonly [string, string, HistogramName])[] = [
  ['gen_ai_server_time_to_first_token_seconds', 'Plan to first content.', 'ttft_ms'],
  ['gen_ai_server_request_duration_seconds', 'Plan to end.', 'total_ms'],
  ['edgeways_overhead_seconds', 'Our share of the first token.', 'overhead_ms'],
  ['edgeways_output_tokens_per_second', 'Pace of one answer.', 'tokens_per_second'],
];

/** Seconds, or tokens in one. The product's goals and classes of answers are among them. */
const SECONDS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1, 2, 3, 5, 10, 15, 30, 60, 120];
const PACES = [1, 2, 5, 10, 15, 20, 30, 50, 80, 100, 150, 200, 300, 500];

export function prometheusText(rows: readonly TotalsRow[]): string {
  const outcomes = rows.flatMap((row) =>
    OUTCOMES.map((outcome) => `{${labelsOf(row, '')},outcome="${outcome}"} ${row.cell.sums[outcome]}`),
  );
  const counters = COUNTERS.map(([name, help, sum]) => {
    const scaled = (value: number): number => (sum.endsWith('_nano') ? toUsd(value) : value);
    return counter(
      name,
      help,
      rows.map((row) => `{${labelsOf(row, name)}} ${scaled(row.cell.sums[sum])}`),
    );
  });
  const histograms = HISTOGRAMS.map(([name, help, of]) => {
    const [bounds, per] = of.endsWith('_ms') ? [SECONDS, 1_000] : [PACES, 1];
    const lines = rows.map((row) =>
      histogramLines([name, labelsOf(row, name)], row.cell.histogram(of), { bounds, per }),
    );
    return headOf(name, help, 'histogram') + lines.join('');
  });
  return [
    counter('edgeways_generations', 'Generations by outcome.', outcomes),
    counter('edgeways_failures', 'Failed ones by code.', failuresOf(rows)),
    ...counters,
    ...histograms,
  ].join('');
}

function failuresOf(rows: readonly TotalsRow[]): readonly string[] {
  const all = new Cell();
  for (const { cell } of rows) all.merge(cell);
  return countsOf(all, 'failure').map(([code, count]) => `{code="${escaped(code)}"} ${count}`);
}

/** @param samples - labels and value */
function counter(name: string, help: string, samples: readonly string[]): string {
  const total = `${name}_total`;
  return headOf(total, help, 'counter') + samples.map((sample) => `${total}${sample}\n`).join('');
}

function histogramLines(
  [name, labels]: readonly [string, string],
  values: LogHistogram,
  { bounds, per }: { readonly bounds: readonly number[]; readonly per: number },
): string {
  const buckets = [...bounds, Infinity].map((bound) => {
    const [le, count] = bound === Infinity ? ['+Inf', values.count] : [bound, values.countBelow(bound * per)];
    return `${name}_bucket{${labels},le="${le}"} ${count}\n`;
  });
  return `${buckets.join('')}${name}_sum{${labels}} ${values.sum / per}\n${name}_count{${labels}} ${values.count}\n`;
}

function headOf(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

/** In the conventions' names on a metric of theirs. */
function labelsOf({ tier, model, provider }: TotalsRow, metric: string): string {
  const [format, name] = [escaped(provider), escaped(model)];
  if (!metric.startsWith('gen_ai')) return `tier="${tier}",model="${name}",provider="${format}"`;
  const modality = metric.startsWith(TOKENS) ? ',gen_ai_token_modality="unknown"' : '';
  return `gen_ai_operation_name="chat",gen_ai_provider_name="${format}",gen_ai_request_model="${name}",tier="${tier}"${modality}`;
}

/** Backslash, quote and line end are what the format escapes. */
function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n');
}
