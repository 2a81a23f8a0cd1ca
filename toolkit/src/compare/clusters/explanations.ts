import type { Explanation } from './explanation.ts'
import { kindExplanations, textExplanations } from './text-explanations.ts'

const asLegacy = 'give {field} as legacy does'

/** The first whose prefix begins the pattern counts: the longer before the shorter. */
export const explanations: readonly Explanation[] = [
  ...numbers(),
  ...instants(),
  ...textExplanations,
  ...kindExplanations,
  {
    prefix: 'stale',
    cause: "The service's {field} is what legacy had given earlier (stale read): a cache, or a copy that lags behind.",
  },
]

function numbers(): readonly Explanation[] {
  return [
    {
      prefix: 'times-',
      cause: 'The service multiplies {field} by {detail}: another unit{unit}.',
      change: 'divide {field} by {detail}',
    },
    {
      prefix: 'divided-by-',
      cause: 'The service divides {field} by {detail}: another unit{unit}.',
      change: 'multiply {field} by {detail}',
    },
    {
      prefix: 'multiplied:',
      cause: "The service's {field} is always {detail} times legacy's: another unit, or a rate (tax, currency).",
      change: 'divide {field} by {detail}',
    },
    {
      prefix: 'added:',
      cause:
        "The service's {field} is always {detail} more than legacy's: another starting point, or a fee that is counted once more.",
      change: 'take {detail} off {field}',
    },
    {
      prefix: 'negated',
      cause: "The service's {field} is the opposite: a sign or a yes/no is turned around.",
      change: 'turn {field} around',
    },
    {
      prefix: 'zero',
      cause: "The service's {field} is 0: a default stands where the value was not carried over.",
      change: 'carry {field} over',
    },
    {
      prefix: 'rounded-up-',
      cause: 'The service rounds {field} up to {decimals} (rounding).',
      change: 'keep the digits of {field}',
    },
    {
      prefix: 'rounded-',
      cause: 'The service rounds {field} to {decimals} (rounding).',
      change: 'keep the digits of {field}',
    },
    {
      prefix: 'truncated-',
      cause: 'The service cuts {field} to {decimals} (truncation instead of rounding).',
      change: 'keep the digits of {field}',
    },
    {
      prefix: 'last-digit',
      cause:
        'The service rounds {field} in another way: half up against half even, or the sum against its parts (rounding).',
      change: 'round {field} as legacy does',
    },
    {
      prefix: 'off-by-one',
      cause:
        "The service's {field} is off by one: counting from 0 or from 1, a border that counts on one side only, or rounding.",
      change: 'count {field} as legacy does',
    },
    {
      prefix: 'number-as-text',
      cause: 'The service gives the number {field} as text.',
      change: 'give {field} as a number',
    },
    {
      prefix: 'text-as-number',
      cause: 'The service gives {field} as a number where legacy gives text.',
      change: 'give {field} as text',
    },
    {
      prefix: 'boolean-',
      cause: '{field} is a yes/no on one arm, and a number or a text on the other.',
      change: asLegacy,
    },
  ]
}

function instants(): readonly Explanation[] {
  return [
    {
      prefix: 'hours',
      cause:
        "The service's {field} is always {detail} hours off: a time zone is applied twice or not at all (local time against UTC).",
      change: 'read {field} in the zone that legacy writes it in',
    },
    {
      prefix: 'zone-left-out',
      cause: 'The same instant in {field}, but one arm names no time zone.',
      change: 'write {field} as legacy does',
    },
    {
      prefix: 'zone',
      cause:
        "The service's {field} is off by hours that change over the year: a time zone with daylight saving time is applied twice or not at all.",
      change: 'read {field} in the zone that legacy writes it in',
    },
    {
      prefix: 'days',
      cause:
        "The service's {field} is whole days off: a date is cut in another time zone, or the end of a period counts differently.",
      change: 'keep the day of {field} as legacy stores it',
    },
    {
      prefix: 'fraction-cut',
      cause: 'The service cuts the fraction of a second off {field} (truncation): its column or format is coarser.',
      change: 'keep the milliseconds of {field}',
    },
    {
      prefix: 'seconds-cut',
      cause: 'The service cuts {field} to the minute (truncation): its column or format is coarser.',
      change: 'keep the seconds of {field}',
    },
    {
      prefix: 'time-cut',
      cause: 'The service keeps only the day of {field} (truncation): a date where legacy has an instant.',
      change: 'keep the time of {field}',
    },
    {
      prefix: 'day-month-swapped',
      cause: "The service swaps day and month of {field}: a date is read in another country's notation.",
      change: 'read {field} as legacy writes it',
    },
    {
      prefix: 'seconds-apart',
      cause:
        "The service's {field} is seconds off: it is rounded in another way, or each arm takes the time at a moment of its own.",
      change: 'keep {field} as legacy stores it',
    },
    {
      prefix: 'milliseconds-apart',
      cause:
        "The service's {field} is milliseconds off: it is rounded in another way, or each arm takes the time at a moment of its own.",
      change: 'keep {field} as legacy stores it',
    },
    {
      prefix: 'other-notation',
      cause: 'The same {field} in another notation.',
      change: 'write {field} as legacy does',
    },
  ]
}
