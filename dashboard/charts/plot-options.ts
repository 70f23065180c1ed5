// How uPlot draws our charts: thin lines, few marks, the target as a dashed line with its name.

import uPlot from 'uplot';
import { themeColour } from '../../web/theme.ts';
import { formatTick } from '../text/format-time.ts';
import { formatValue, type Unit } from '../text/format.ts';
import type { ChartLine, ColourName } from './chart-line.ts';
import { axisTop } from './scale.ts';

export type ChartTarget = { readonly value: number; readonly label: string };

export type PlotSpec = {
  readonly lines: readonly ChartLine[];
  readonly unit: Unit;
  readonly targets: readonly ChartTarget[];
  /** Bars stand on each other, the first line on top. */
  readonly isStacked: boolean;
  /** The ground between the first and the second line. */
  readonly band: ColourName | null;
};

export type PlotEvents = {
  readonly onPoint: (at: number | null) => void;
  /** A range of time that was drawn with the pointer, in Unix seconds. */
  readonly onZoom: (from: number, to: number) => void;
};

export const PLOT_HEIGHT = 200;

/** All charts share one time cursor. */
const CURSOR = 'time';

/** A shorter drag is a click. */
const LEAST_ZOOM_PX = 8;

export function plotOptions(spec: PlotSpec, events: PlotEvents, width: number): uPlot.Options {
  const colour = colourReader();
  return {
    width,
    height: PLOT_HEIGHT,
    padding: [10, 12, 0, 0],
    legend: { show: false },
    cursor: {
      sync: { key: CURSOR, setSeries: false },
      drag: { x: true, y: false, setScale: false },
      y: false,
      points: { size: 7 },
    },
    scales: {
      x: { range: (plot, min, max) => wholeSteps(plot, min, max) },
      y: { range: (_, __, max) => [0, axisTop(max, farthest(spec.targets))] },
    },
    axes: [timeAxis(colour), valueAxis(spec.unit, colour)],
    series: [{}, ...spec.lines.map((line) => lineOptions(line, colour(line.colour)))],
    ...(spec.band === null
      ? {}
      : { bands: [{ series: [1, 2] as [number, number], fill: faded(colour(spec.band), 0.2) }] }),
    hooks: {
      draw: [(plot) => drawTargets(plot, spec.targets, colour('--warn'))],
      setCursor: [(plot) => events.onPoint(pointed(plot))],
      setSelect: [(plot) => zoom(plot, events.onZoom)],
    },
  };
}

type ColourReader = (name: ColourName) => string;

/** Asking the style sheet costs a layout, so each colour is asked for once in the life of a plot. */
function colourReader(): ColourReader {
  const known = new Map<string, string>();
  return (name) => {
    const colour = known.get(name) ?? themeColour(name);
    known.set(name, colour);
    return colour;
  };
}

/** What is drawn: values as they are, or the sums of a stack. */
export function plotData({ lines, isStacked }: PlotSpec, times: readonly number[]): uPlot.AlignedData {
  const values = lines.map((line) => [...line.values]);
  if (isStacked) {
    for (let row = values.length - 2; row >= 0; row--) {
      values[row] = (values[row] ?? []).map((value, at) => (value ?? 0) + (values[row + 1]?.[at] ?? 0));
    }
  }
  return [[...times], ...values];
}

/** Half a step more at both ends: the first and the last bar are as wide as the others. */
function wholeSteps({ data: [times = []] }: uPlot, min: number, max: number): uPlot.Range.MinMax {
  const half = ((times[1] ?? max) - (times[0] ?? min)) / 2;
  return [min - half, max + half];
}

function lineOptions({ style, label }: ChartLine, stroke: string): uPlot.Series {
  const base: uPlot.Series = {
    label,
    stroke,
    width: 1.75,
    points: { size: 4, fill: stroke, filter: lonePoints },
  };
  switch (style) {
    case 'line':
      return base;
    case 'dashed':
      return { ...base, width: 1.25, dash: [5, 3] };
    case 'area':
      return { ...base, fill: faded(stroke, 0.16) };
    case 'bars': {
      const bars = uPlot.paths.bars?.({ size: [0.78, 48], radius: 0 });
      return { ...base, width: 0, fill: stroke, ...(bars === undefined ? {} : { paths: bars }) };
    }
  }
}

/** A value between two gaps has no line, so it is a dot. */
function lonePoints({ data }: uPlot, row: number): number[] {
  const values = data[row] ?? [];
  const isGap = (at: number): boolean => (values[at] ?? null) === null;
  return Array.from(values, (_, at) => at).filter((at) => !isGap(at) && isGap(at - 1) && isGap(at + 1));
}

function timeAxis(colour: ColourReader): uPlot.Axis {
  return {
    ...axisColours(colour),
    space: 64,
    size: 28,
    values: (_, splits) => splits.map((at) => formatTick(at * 1_000, stepOf(splits) * 1_000)),
  };
}

function valueAxis(unit: Unit, colour: ColourReader): uPlot.Axis {
  return {
    ...axisColours(colour),
    space: 34,
    size: 62,
    // Below one there is no request to count.
    ...(unit === 'count' ? { incrs: WHOLE_STEPS } : {}),
    values: (_, splits) => splits.map((value) => formatValue(value, unit)),
  };
}

/** Seconds between two marks of the axis. */
function stepOf([first = 0, second = first]: readonly number[]): number {
  return second - first;
}

const WHOLE_STEPS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000].flatMap((power) => [
  power,
  power * 2,
  power * 5,
]);

function axisColours(colour: ColourReader): uPlot.Axis {
  const line = colour('--line');
  return {
    stroke: colour('--muted'),
    font: '11px system-ui, sans-serif',
    grid: { stroke: line, width: 1 },
    ticks: { stroke: line, width: 1, size: 4 },
  };
}

function drawTargets(plot: uPlot, targets: readonly ChartTarget[], colour: string): void {
  const { ctx, bbox } = plot;
  const top = plot.scales['y']?.max ?? 0;
  for (const { value, label } of targets.filter((target) => target.value <= top)) {
    const y = plot.valToPos(value, 'y', true);
    ctx.save();
    ctx.strokeStyle = ctx.fillStyle = colour;
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([2 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.font = `${11 * uPlot.pxRatio}px system-ui, sans-serif`;
    ctx.textAlign = 'right';
    ctx.fillText(label, bbox.left + bbox.width - 4, y - 4 * uPlot.pxRatio);
    ctx.restore();
  }
}

/** The cursors of the other charts move along, but only the one under the pointer tells its values. */
function pointed(plot: uPlot): number | null {
  return plot.over.matches(':hover') ? (plot.cursor.idx ?? null) : null;
}

function zoom(plot: uPlot, onZoom: PlotEvents['onZoom']): void {
  const { left, width } = plot.select;
  const [from, to] = [plot.posToVal(left, 'x'), plot.posToVal(left + width, 'x')];
  // In the other charts, too, which only followed the cursor.
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (width >= LEAST_ZOOM_PX && plot.over.matches(':hover')) onZoom(from, to);
}

function farthest(targets: readonly ChartTarget[]): number | null {
  return targets.length === 0 ? null : Math.max(...targets.map((target) => target.value));
}

/** @param colour - `rgb(r, g, b)`, as the browser gives it */
function faded(colour: string, share: number): string {
  return colour.replace('rgb(', 'rgba(').replace(')', `, ${share})`);
}
