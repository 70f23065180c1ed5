// A chart over time: the drawing, what the pointer is on, and the same numbers as a table and as a sentence.

import { useContext, useEffect, useId, useRef, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import uPlot from 'uplot';
import { ChartTable } from './chart-table.tsx';
import { describeChart } from './describe-chart.ts';
import { ChartLegend } from './chart-legend.tsx';
import { PaintContext } from './paint-context.ts';
import { plotData, PLOT_HEIGHT, type PlotEvents, plotOptions, type PlotSpec } from './plot-options.ts';
import { ChartTooltip } from './chart-tooltip.tsx';

export type TimeChartProps = PlotSpec & {
  readonly title: string;
  readonly note?: string;
  readonly times: readonly number[];
  readonly onZoom: PlotEvents['onZoom'];
};

export function TimeChart(props: TimeChartProps): JSX.Element {
  const { title, note, times, lines, unit } = props;
  const [isTable, setTable] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const titleId = useId();
  return (
    <figure class="chart" aria-labelledby={titleId}>
      <figcaption class="chart-head">
        <h3 id={titleId}>{title}</h3>
        <button type="button" class="quiet" aria-expanded={isTable} onClick={() => setTable(!isTable)}>
          {isTable ? 'Show as chart' : 'Show as table'}
          <span class="visually-hidden">: {title}</span>
        </button>
      </figcaption>
      <ChartLegend {...props} />
      {isTable ? (
        <ChartTable title={title} times={times} lines={lines} unit={unit} />
      ) : (
        <div class="chart-area">
          <Plot {...props} onPoint={setAt} />
          {at === null ? null : <ChartTooltip at={at} times={times} lines={lines} unit={unit} />}
        </div>
      )}
      {note === undefined ? null : <p class="note">{note}</p>}
    </figure>
  );
}

function Plot(props: TimeChartProps & Pick<PlotEvents, 'onPoint'>): JSX.Element {
  const { title, times, lines, unit, onPoint } = props;
  const holder = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const paint = useContext(PaintContext);
  useEffect(() => {
    const element = holder.current;
    if (element === null) return;
    const onZoom: PlotEvents['onZoom'] = (from, to) => latest.current.onZoom(from, to);
    const options = plotOptions(latest.current, { onPoint, onZoom }, element.clientWidth);
    const made = new uPlot(options, plotData(latest.current, latest.current.times), element);
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: PLOT_HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      onPoint(null);
    };
  }, [shapeOf(props), paint]);
  useEffect(() => plot.current?.setData(plotData(props, times)), [times, lines]);
  return <div class="plot" ref={holder} role="img" aria-label={describeChart(title, lines, unit)} />;
}

/** What needs a new drawing; new values do not. */
function shapeOf({ lines, unit, targets }: PlotSpec): string {
  const parts = lines.map(({ label, colour, style }) => `${label} ${colour} ${style}`);
  return JSON.stringify([unit, parts, targets]);
}
