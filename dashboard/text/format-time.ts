// Times in the reader's own zone, in the 24-hour form.

const DAY_MS = 86_400_000;

const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const SECONDS = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const MOMENT = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** As short as the span that it stands in allows. */
export function formatTime(ms: number, withinMs: number): string {
  return (withinMs <= DAY_MS ? CLOCK : MOMENT).format(ms);
}

/** At the axis: the day alone, where a step is about a day. */
export function formatTick(ms: number, stepMs: number): string {
  if (stepMs >= DAY_MS) return DAY.format(ms);
  const isMidnight = CLOCK.format(ms) === '00:00';
  return isMidnight ? DAY.format(ms) : CLOCK.format(ms);
}

export function formatSeconds(ms: number): string {
  return SECONDS.format(ms);
}

export function formatMoment(ms: number): string {
  return MOMENT.format(ms);
}

/** `2026-05-01T14:00`, what an input of type `datetime-local` takes. */
export function localInput(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
