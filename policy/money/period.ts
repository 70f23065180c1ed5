// The periods of a budget: days and months in UTC, numbered from January 1970 on. Pure arithmetic of the Gregorian
// calendar, because there is no clock here.

export type Period = 'day' | 'month';

const DAY_MS = 86_400_000;
const MONTHS_BEFORE_1970 = 1970 * 12;

/** Of 400 years of the calendar; a first guess at the month that a day is in. */
const MEAN_MONTH_DAYS = 30.436875;

export function periodAt(period: Period, nowMs: number): number {
  const day = Math.floor(nowMs / DAY_MS);
  if (period === 'day') return day;
  let month = Math.floor(day / MEAN_MONTH_DAYS);
  while (firstDayOf(month + 1) <= day) month += 1;
  while (firstDayOf(month) > day) month -= 1;
  return month;
}

/** When the period with this number is over. */
export function periodEndMs(period: Period, number: number): number {
  return (period === 'day' ? number + 1 : firstDayOf(number + 1)) * DAY_MS;
}

/**
 * The day on which a month begins. Years are counted from March, so that the leap day is the last one of its year;
 * from March on, the lengths of months repeat in fives of 153 days.
 */
function firstDayOf(month: number): number {
  const sinceMarch = month + MONTHS_BEFORE_1970 - 2;
  const year = Math.floor(sinceMarch / 12);
  const leapDays = Math.floor(year / 4) - Math.floor(year / 100) + Math.floor(year / 400);
  const inYear = Math.floor((153 * (sinceMarch % 12) + 2) / 5);
  return 365 * year + leapDays + inYear - MARCH_OF_YEAR_0;
}

/** Days from 1 March of the year 0 to 1 January 1970. */
const MARCH_OF_YEAR_0 = 719_468;
