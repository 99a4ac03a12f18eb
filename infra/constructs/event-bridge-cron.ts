/** A schedule's five fields in the six of EventBridge: a year at the end, weekdays from 1, a `?` where a day is open. */

const SUNDAY_TO_SATURDAY = [0, 1, 2, 3, 4, 5, 6];

/** The weekdays, 0 or 7 for Sunday, that a field such as `1-5` or `0,6` or `*\/2` names. */
function weekdaysOf(field: string): readonly number[] {
  const named = field.split(',').flatMap((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [first = '', last] = range === '*' ? ['0', '6'] : range.split('-');
    const from = Number(first);
    const to = last === undefined ? (part.includes('/') ? 6 : from) : Number(last);
    const days = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    return days.filter((_, index) => index % Number(step) === 0).map((day) => day % 7);
  });
  return SUNDAY_TO_SATURDAY.filter((day) => named.includes(day));
}

/**
 * @throws Error where both the day of the month and the weekday are named: cron then means either, EventBridge cannot
 */
export function eventBridgeCron(cron: string): string {
  const [minute, hour, day, month, weekday = '*'] = cron.split(' ');
  if (weekday === '*') return `cron(${minute} ${hour} ${day} ${month} ? *)`;
  if (day !== '*')
    throw new Error(
      `The schedule "${cron}" names a day of the month and a weekday; EventBridge takes one of them. Make two schedules of it.`,
    );
  const weekdays = weekdaysOf(weekday).map((each) => each + 1);
  return `cron(${minute} ${hour} ? ${month} ${weekdays.join(',')} *)`;
}
