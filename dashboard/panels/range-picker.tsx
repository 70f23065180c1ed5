// Which time is looked at: one of the usual spans up to now, or from one moment to another.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { RANGES, spanMs, type ViewRange } from '../state/view.ts';
import { formatMoment, formatTime, localInput } from '../text/format-time.ts';
import { Popover } from './popover.tsx';

type RangePickerProps = { readonly range: ViewRange; readonly onChange: (range: ViewRange) => void };

export function RangePicker({ range, onChange }: RangePickerProps): JSX.Element {
  const current = range.type === 'last' ? range.span : null;
  const isUsual = RANGES.some((span) => span === current);
  return (
    <div class="ranges" role="group" aria-label="Time range">
      {RANGES.map((span) => (
        <button
          key={span}
          type="button"
          aria-pressed={span === current}
          onClick={() => onChange({ type: 'last', span })}
        >
          {span}
        </button>
      ))}
      <Popover label="Custom" text={isUsual ? '' : rangeText(range)} isMarked={!isUsual}>
        {(close) => (
          <CustomRange
            range={range}
            onChange={(chosen) => {
              onChange(chosen);
              close();
            }}
          />
        )}
      </Popover>
    </div>
  );
}

function CustomRange({ range, onChange }: RangePickerProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const shown = boundsOf(range);
  const submit = (event: SubmitEvent & { readonly currentTarget: HTMLFormElement }): void => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const fromMs = Date.parse(String(fields.get('from')));
    const toText = String(fields.get('to'));
    const toMs = toText === '' ? null : Date.parse(toText);
    if (Number.isNaN(fromMs)) setProblem('Say when it begins.');
    else if ((toMs ?? Date.now()) <= fromMs) setProblem('The end must be after the beginning.');
    else onChange({ type: 'between', from: isoOf(fromMs), to: toMs === null ? null : isoOf(toMs) });
  };
  return (
    <form class="custom-range" onSubmit={submit}>
      <label>
        From
        <input type="datetime-local" name="from" defaultValue={shown.from} required />
      </label>
      <label>
        To (empty: now)
        <input type="datetime-local" name="to" defaultValue={shown.to} />
      </label>
      {problem === null ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <p class="note">Times are in your own zone. Dragging over a chart does the same.</p>
      <button type="submit" class="primary">
        Show
      </button>
    </form>
  );
}

function boundsOf(range: ViewRange): { readonly from: string; readonly to: string } {
  if (range.type === 'last') {
    return { from: localInput(isoOf(Date.now() - (spanMs(range.span) ?? 0))), to: '' };
  }
  return { from: localInput(range.from), to: range.to === null ? '' : localInput(range.to) };
}

function rangeText(range: ViewRange): string {
  if (range.type === 'last') return range.span;
  const fromMs = Date.parse(range.from);
  if (range.to === null) return `${formatMoment(fromMs)} – now`;
  const toMs = Date.parse(range.to);
  const isOneDay = new Date(fromMs).toDateString() === new Date(toMs).toDateString();
  return `${formatMoment(fromMs)} – ${isOneDay ? formatTime(toMs, 0) : formatMoment(toMs)}`;
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
