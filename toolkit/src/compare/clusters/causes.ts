import type { FormedCluster } from './form-clusters.ts'
import type { SeenPairs } from './seen-pairs.ts'

/** What is guessed of a cluster: why, and what of the translator (or the service) would have to change. */
export interface Guess {
  readonly cause: string
  readonly change?: string
}

type Explain = (about: { readonly field: string; readonly detail: string; readonly seen: SeenPairs }) => Guess

/** By the pattern's name; `detail` is what follows it. The first that begins the pattern counts. */
const explanations: readonly (readonly [prefix: string, Explain])[] = [
  ['times-', ({ field, detail }) => scaled(field, detail, ['multiplies', 'divide'])],
  ['divided-by-', ({ field, detail }) => scaled(field, detail, ['divides', 'multiply'])],
  [
    'multiplied:',
    ({ field, detail }) => ({
      cause: `The service's ${field} is always ${detail} times that of legacy: another unit, or a rate (tax, currency).`,
      change: `divide ${field} by ${detail}`,
    }),
  ],
  [
    'added:',
    ({ field, detail }) => ({
      cause: `The service's ${field} is always ${plus(detail)} off: another starting point, or a fee that is counted once more.`,
      change: `add ${negated(detail)} to ${field}`,
    }),
  ],
  [
    'hours',
    ({ field, detail }) => ({
      cause: `The service's ${field} is always ${hours(detail)} than legacy's: a time zone is applied twice or not at all (local time against UTC).`,
      change: `read ${field} in the zone that legacy writes it in (now ${hours(detail)})`,
    }),
  ],
  [
    'zone',
    ({ field }) => ({
      cause: `The service's ${field} is off by whole hours that change over the year: a time zone with daylight saving time is applied twice or not at all.`,
      change: `read ${field} in the zone that legacy writes it in`,
    }),
  ],
  [
    'days',
    ({ field, detail }) => ({
      cause: `The service's ${field} is ${detail === '' ? 'whole days' : days(detail)} off: a date is cut in another time zone, or the end of a period counts differently.`,
      change: `keep the day of ${field} as legacy stores it`,
    }),
  ],
  [
    'fraction-cut',
    ({ field }) => ({
      cause: `The service cuts the fraction of a second off ${field}: its column or format is coarser.`,
      change: `keep the milliseconds of ${field}`,
    }),
  ],
  [
    'seconds-cut',
    ({ field }) => ({
      cause: `The service cuts ${field} to the minute: its column or format is coarser.`,
      change: `keep the seconds of ${field}`,
    }),
  ],
  [
    'time-cut',
    ({ field }) => ({
      cause: `The service keeps only the day of ${field}: a date where legacy has an instant.`,
      change: `keep the time of ${field}`,
    }),
  ],
  ['zone-left-out', ({ field }) => notation(field)],
  ['other-notation', ({ field }) => notation(field)],
  [
    'day-month-swapped',
    ({ field }) => ({
      cause: `The service swaps day and month of ${field}: a date is read in another country's notation.`,
      change: `read ${field} as legacy writes it`,
    }),
  ],
  [
    'negated',
    ({ field }) => ({
      cause: `The service's ${field} is the opposite: a sign or a yes/no is turned around.`,
      change: `turn ${field} around`,
    }),
  ],
  [
    'zero',
    ({ field }) => ({
      cause: `The service's ${field} is 0: a default stands where the value was not carried over.`,
      change: `carry ${field} over`,
    }),
  ],
  ['rounded-up-', ({ field, detail }) => rounded(field, `rounds ${field} up to ${decimals(detail)}`)],
  ['rounded-', ({ field, detail }) => rounded(field, `rounds ${field} to ${decimals(detail)}`)],
  [
    'truncated-',
    ({ field, detail }) => rounded(field, `cuts ${field} (truncates it) to ${decimals(detail)} instead of rounding`),
  ],
  [
    'last-digit',
    ({ field }) =>
      rounded(field, `rounds ${field} in another way (half up against half even, or the sum against its parts)`),
  ],
  [
    'off-by-one',
    ({ field }) => ({
      cause: `The service's ${field} is off by one: counting from 0 or from 1, a border that counts on one side only, or rounding.`,
      change: `count ${field} as legacy does`,
    }),
  ],
  ['upper-case', ({ field }) => cased(field, 'upper case')],
  ['lower-case', ({ field }) => cased(field, 'lower case')],
  ['case', ({ field }) => cased(field, 'another case')],
  [
    'trimmed',
    ({ field }) => ({
      cause: `The service trims ${field}: the white space that legacy keeps at its ends is gone.`,
      change: `keep the white space of ${field}`,
    }),
  ],
  [
    'padded',
    ({ field }) => ({
      cause: `The service pads ${field} with white space: a column of fixed length, or a trim that legacy does.`,
      change: `trim ${field}`,
    }),
  ],
  [
    'white-space',
    ({ field }) => ({ cause: `Only the white space of ${field} differs.`, change: `keep the white space of ${field}` }),
  ],
  [
    'cut-to-',
    ({ field, detail }) => ({
      cause: `The service cuts ${field} off (truncation) at a length of ${detail}: a column or a page that is too short.`,
      change: `keep the whole ${field}: it needs more than ${detail}`,
    }),
  ],
  [
    'cut',
    ({ field }) => ({
      cause: `The service cuts ${field} off (truncation): it holds only the beginning.`,
      change: `keep the whole ${field}`,
    }),
  ],
  [
    'prefix-lost',
    ({ field, detail }) => ({
      cause: `The service leaves the beginning${quoted(detail)} of ${field} out.`,
      change: `put it before ${field}`,
    }),
  ],
  [
    'prefix-added',
    ({ field, detail }) => ({
      cause: `The service puts something${quoted(detail)} before ${field}.`,
      change: `take it off ${field}`,
    }),
  ],
  [
    'suffix-added',
    ({ field, detail }) => ({
      cause: `The service puts something${quoted(detail)} after ${field}.`,
      change: `take it off ${field}`,
    }),
  ],
  [
    'html-escaped',
    ({ field }) => ({
      cause: `The service escapes ${field} for HTML once more.`,
      change: `leave ${field} as it is stored`,
    }),
  ],
  [
    'html-unescaped',
    ({ field }) => ({
      cause: `The service takes HTML escapes out of ${field} that legacy stores.`,
      change: `leave ${field} as it is stored`,
    }),
  ],
  [
    'encoding',
    ({ field }) => ({
      cause: `The service reads ${field} in the wrong character encoding (UTF-8 against Latin-1).`,
      change: `read ${field} in the encoding that it is stored in`,
    }),
  ],
  [
    'unicode-form',
    ({ field }) => ({
      cause: `The same characters of ${field} in another Unicode form (composed against decomposed).`,
      change: `keep ${field} in the form that legacy stores`,
    }),
  ],
  [
    'accents-lost',
    ({ field }) => ({ cause: `The service takes the accents off ${field}.`, change: `keep the accents of ${field}` }),
  ],
  [
    'punctuation',
    ({ field }) => ({
      cause: `The same ${field} with other punctuation: it is formatted or normalised on one of the arms.`,
      change: `keep ${field} as legacy writes it`,
    }),
  ],
  [
    'words-reordered',
    ({ field }) => ({
      cause: `The same words of ${field} in another order, such as the family name first.`,
      change: `put the parts of ${field} together as legacy does`,
    }),
  ],
  [
    'emptied',
    ({ field }) => ({
      cause: `The service's ${field} is empty: the value was not carried over.`,
      change: `carry ${field} over`,
    }),
  ],
  [
    'filled',
    ({ field }) => ({
      cause: `The service has a value for ${field} where legacy has an empty one.`,
      change: `leave ${field} empty`,
    }),
  ],
  [
    'number-as-text',
    ({ field }) => ({ cause: `The service gives the number ${field} as text.`, change: `give ${field} as a number` }),
  ],
  [
    'text-as-number',
    ({ field }) => ({
      cause: `The service gives ${field} as a number where legacy gives text.`,
      change: `give ${field} as text`,
    }),
  ],
  [
    'boolean-',
    ({ field }) => ({
      cause: `${field} is a yes/no on one arm, and a number or a text on the other.`,
      change: `give ${field} as legacy does`,
    }),
  ],
  [
    'null-for-empty',
    ({ field }) => ({
      cause: `The service gives null for ${field} where legacy gives an empty value.`,
      change: `give an empty ${field} for null`,
    }),
  ],
  [
    'null-for-value',
    ({ field }) => ({
      cause: `The service gives null for ${field} where legacy has a value: it was not carried over.`,
      change: `carry ${field} over`,
    }),
  ],
  [
    'empty-for-null',
    ({ field }) => ({
      cause: `The service gives an empty ${field} where legacy gives null.`,
      change: `give null for an empty ${field}`,
    }),
  ],
  [
    'value-for-null',
    ({ field }) => ({
      cause: `The service has a value for ${field} where legacy gives null: a default, or data that legacy lost.`,
      change: `give null for ${field}`,
    }),
  ],
  [
    'wrapped-in-list',
    ({ field }) => ({ cause: `The service gives ${field} as a list of one.`, change: `take ${field} out of its list` }),
  ],
  [
    'taken-out-of-list',
    ({ field }) => ({
      cause: `The service gives the only item of ${field} without its list.`,
      change: `keep ${field} a list`,
    }),
  ],
  [
    'null-left-out',
    ({ field }) => ({
      cause: `The service leaves ${field} out where legacy gives null (null against missing).`,
      change: `give null for a missing ${field}`,
    }),
  ],
  [
    'empty-left-out',
    ({ field }) => ({
      cause: `The service leaves ${field} out where legacy gives an empty value.`,
      change: `give an empty ${field} instead of none`,
    }),
  ],
  [
    'left-out',
    ({ field }) => ({
      cause: `The service's answer lacks ${field} (missing field): it is not mapped, or not carried over.`,
      change: `map ${field}`,
    }),
  ],
  [
    'null-added',
    ({ field }) => ({
      cause: `The service gives null for ${field}, which legacy leaves out (null against missing).`,
      change: `leave ${field} out when it is null`,
    }),
  ],
  [
    'empty-added',
    ({ field }) => ({
      cause: `The service gives an empty ${field}, which legacy leaves out.`,
      change: `leave ${field} out when it is empty`,
    }),
  ],
  [
    'added',
    ({ field }) => ({
      cause: `The service's answer has ${field}, which legacy's has not (extra field).`,
      change: `leave ${field} out`,
    }),
  ],
  [
    'reversed',
    ({ field }) => ({
      cause: `The service gives the items of ${field} in the reverse order: it sorts the other way round.`,
      change: `sort ${field} as legacy does`,
    }),
  ],
  [
    'other-order',
    ({ field }) => ({
      cause: `The same items of ${field} in another order: they are sorted by something else, or not at all.`,
      change: `sort ${field} as legacy does`,
    }),
  ],
  [
    'fewer-items',
    ({ field }) => ({
      cause: `The service gives fewer items of ${field}: some were not carried over, or a filter is stricter.`,
      change: `give all items of ${field}`,
    }),
  ],
  [
    'more-items',
    ({ field }) => ({
      cause: `The service gives more items of ${field}: a filter is missing, or items that legacy removed are still there.`,
      change: `filter ${field} as legacy does`,
    }),
  ],
  [
    'stale',
    ({ field }) => ({
      cause: `The service's ${field} is what legacy had given earlier (stale read): a cache, or a copy that lags behind.`,
    }),
  ],
  [
    'constant',
    ({ field, seen }) => ({
      cause: `The service's ${field} is always ${shown(seen.last.sample.service)}, whatever legacy says: a default or a placeholder.`,
      change: `carry ${field} over`,
    }),
  ],
  ['enum', ({ field, seen }) => enumerated(field, seen)],
]

/** Why the service may do so, as a sentence; undefined where nobody can tell. */
export function guessCause({
  kind,
  path,
  pattern,
  seen,
}: Pick<FormedCluster, 'kind' | 'path' | 'pattern' | 'seen'>): Guess | undefined {
  if (kind === 'status') return statusGuess(pattern)
  const found = explanations.find(([prefix]) => pattern.startsWith(prefix))
  if (found === undefined) return undefined
  const [prefix, explain] = found
  const guess = explain({ field: fieldOf(path), detail: pattern.slice(prefix.length).replace(/^:/, ''), seen })
  return kind === 'header' ? { cause: guess.cause } : guess
}

/** `items[*].price` for `$.items[*].price`, `the header location`, `the body`. */
function fieldOf(path: string): string {
  if (path.startsWith('header:')) return `the header ${path.slice('header:'.length)}`
  return path === '$' ? 'the body' : path.replace(/^\$\.?/, '')
}

function statusGuess(pattern: string): Guess | undefined {
  const [, legacy, service] = /^(\d+)-to-(\d+)$/.exec(pattern) ?? []
  if (legacy === undefined || service === undefined) return undefined
  const why = statusReasons.find(([from, to]) => from.test(legacy) && to.test(service))?.[2]
  return {
    cause: `The service answers with status ${service} where legacy answers ${legacy}${why === undefined ? '' : `: ${why}`}.`,
  }
}

const statusReasons: readonly (readonly [RegExp, RegExp, string])[] = [
  [/./, /^5/, 'it fails on what legacy can do'],
  [/^[23]/, /^404|^410/, 'what was asked for was not carried over, or its id is another'],
  [/^[23]/, /^40[13]/, 'it does not know the caller, or may not let it in'],
  [/^[23]/, /^4/, 'it refuses what legacy accepts: its validation is stricter'],
  [/^4/, /^[23]/, 'it accepts what legacy refuses: its validation is weaker'],
  [/^2/, /^2/, 'another code for the same success'],
  [/^4/, /^4/, 'another code for the same refusal'],
  [/^5/, /^[234]/, 'it can do what legacy fails at'],
]

function scaled(field: string, factor: string, [does, undo]: readonly [string, string]): Guess {
  const unit = units[factor]
  const guess = unit === undefined ? 'another unit' : `another unit (${unit})`
  return { cause: `The service ${does} ${field} by ${factor}: ${guess}.`, change: `${undo} ${field} by ${factor}` }
}

const units: Readonly<Record<string, string>> = {
  100: 'cents against whole amounts, or percent against shares',
  1000: 'thousandths against wholes, such as milliseconds and seconds or grams and kilograms',
  10: 'a decimal place',
  60: 'seconds, minutes and hours',
  3600: 'seconds against hours',
  86400: 'seconds against days',
}

function rounded(field: string, does: string): Guess {
  return { cause: `The service ${does}: rounding.`, change: `keep the digits of ${field} that legacy keeps` }
}

function cased(field: string, form: string): Guess {
  return {
    cause: `The service gives ${field} in ${form} (case): it is normalised on one of the arms.`,
    change: `keep the case of ${field}`,
  }
}

function notation(field: string): Guess {
  return { cause: `The same ${field} in another notation.`, change: `write ${field} as legacy does` }
}

function enumerated(field: string, { mapped }: SeenPairs): Guess {
  const pairs = [...(mapped ?? [])].slice(0, 6).map(([legacy, service]) => `${legacy} becomes ${service}`)
  const more = (mapped?.size ?? 0) - pairs.length
  const list = `${pairs.join(', ')}${more > 0 ? `, and ${more} more` : ''}`
  const back = [...(mapped ?? [])]
    .slice(0, 6)
    .map(([legacy, service]) => `${service} to ${legacy}`)
    .join(', ')
  return { cause: `A fixed map of values (enum) in ${field}: ${list}.`, change: `map ${field}: ${back}` }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}

function hours(detail: string): string {
  const amount = Number(detail)
  const count = Math.abs(amount)
  return `${count} hour${count === 1 ? '' : 's'} ${amount > 0 ? 'later' : 'earlier'}`
}

function days(detail: string): string {
  const amount = Number(detail)
  return `${Math.abs(amount)} day${Math.abs(amount) === 1 ? '' : 's'}`
}

function plus(detail: string): string {
  return detail.startsWith('-') ? detail : `+${detail}`
}

function negated(detail: string): string {
  return detail.startsWith('-') ? detail.slice(1) : `-${detail}`
}

function decimals(detail: string): string {
  if (detail === '0') return 'a whole number'
  return `${detail} decimal${detail === '1' ? '' : 's'}`
}

function quoted(detail: string): string {
  return detail === '' ? '' : ` "${detail}"`
}
