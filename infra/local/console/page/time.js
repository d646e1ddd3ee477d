/** @param {string} ts Slack's timestamp, in seconds. */
export function toDate(ts) {
  return new Date(Number(ts) * 1000);
}

/** @param {Date} date */
export function clockTime(date) {
  return date.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit' });
}

/** @param {Date} date */
export function fullTime(date) {
  return date.toLocaleString([], { dateStyle: 'full', timeStyle: 'medium' });
}

/**
 * Days between two dates on the calendar, not in hours.
 * @param {Date} date
 * @param {Date} now
 */
function daysAgo(date, now) {
  const midnight = (/** @type {Date} */ day) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
  return Math.round((midnight(now) - midnight(date)) / 86_400_000);
}

/**
 * "Today", "Yesterday", or the day.
 * @param {Date} date
 * @param {Date} [now]
 */
export function dayLabel(date, now = new Date()) {
  const days = daysAgo(date, now);
  if (days === 0) return 'Today';
  if (days === 1) return 'Yesterday';
  const year = date.getFullYear() === now.getFullYear() ? undefined : /** @type {const} */ ('numeric');
  return date.toLocaleDateString([], { weekday: 'long', month: 'long', day: 'numeric', year });
}

/**
 * "just now", "3 minutes ago", "today at 10:42".
 * @param {Date} date
 * @param {Date} [now]
 */
export function ago(date, now = new Date()) {
  const minutes = Math.floor((now.getTime() - date.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return minutes === 1 ? '1 minute ago' : `${minutes} minutes ago`;
  return `${dayLabel(date, now).replace('Today', 'today').replace('Yesterday', 'yesterday')} at ${clockTime(date)}`;
}

/**
 * The tokens of Slack's `<!date^…>` format
 * (https://docs.slack.dev/messaging/formatting-message-text#date-formatting).
 * @param {number} seconds
 * @param {string} format
 * @param {Date} [now]
 */
export function slackDate(seconds, format, now = new Date()) {
  const date = new Date(seconds * 1000);
  const day = (/** @type {Intl.DateTimeFormatOptions} */ options) => date.toLocaleDateString([], options);
  const pretty = (/** @type {string} */ otherwise) => {
    const days = daysAgo(date, now);
    return ['today', 'yesterday'][days] ?? (days === -1 ? 'tomorrow' : otherwise);
  };
  const long = day({ weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
  const medium = day({ month: 'long', day: 'numeric', year: 'numeric' });
  const short = day({ month: 'short', day: 'numeric', year: 'numeric' });
  /** @type {Record<string, string>} */
  const tokens = {
    date_num: `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`,
    date_slash: day({ day: '2-digit', month: '2-digit', year: 'numeric' }),
    date: medium,
    date_short: short,
    date_long: long,
    date_pretty: pretty(medium),
    date_short_pretty: pretty(short),
    date_long_pretty: pretty(long),
    time: clockTime(date),
    time_secs: date.toLocaleTimeString([], { hour: 'numeric', minute: '2-digit', second: '2-digit' }),
    ago: ago(date, now),
    day_divider_pretty: dayLabel(date, now),
  };
  return format.replace(/\{(\w+)\}/g, (token, name) => tokens[name] ?? token);
}

/** @param {number} number */
function pad(number) {
  return String(number).padStart(2, '0');
}
