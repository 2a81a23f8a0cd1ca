import { explanations } from './explanations.ts'
import type { FormedCluster } from './form-clusters.ts'
import type { SeenPairs } from './seen-pairs.ts'

/** What is guessed of a cluster: why, and what of the translator (or the service) would have to change. */
export interface Guess {
  readonly cause: string
  readonly change?: string | undefined
}

type Guessed = Pick<FormedCluster, 'kind' | 'path' | 'pattern' | 'seen' | 'fields'>

/** Why the service may do so, as a sentence; undefined where nobody can tell. */
export function guessCause({ kind, path, pattern, seen, fields = [path] }: Guessed): Guess | undefined {
  if (pattern === 'stale-read') return staleGuess(fields)
  if (kind === 'status') return statusGuess(pattern)
  const field = fieldOf(path)
  const guess =
    pattern === 'enum' || pattern === 'constant' ? mappingGuess(pattern, field, seen) : filled(pattern, field)
  return kind === 'header' && guess !== undefined ? { cause: guess.cause } : guess
}

const shownFields = 5

function staleGuess(fields: readonly string[]): Guess {
  const more = fields.length > shownFields ? `, and ${fields.length - shownFields} more` : ''
  const shown = `${fields.slice(0, shownFields).map(fieldOf).join(', ')}${more}`
  return {
    cause: `The service gives an answer that legacy had given earlier (stale read): a cache, or a copy that lags behind. It shows in ${shown}.`,
  }
}

/** `items[*].price` for `$.items[*].price`, `the header location`, `the body`. */
function fieldOf(path: string): string {
  if (path.startsWith('header:')) return `the header ${path.slice('header:'.length)}`
  return path === '$' ? 'the body' : path.replace(/^\$\.?/, '')
}

function filled(pattern: string, field: string): Guess | undefined {
  const found = explanations.find(({ prefix }) => pattern.startsWith(prefix))
  if (found === undefined) return undefined
  const detail = pattern.slice(found.prefix.length).replace(/^:/, '')
  const unit = units[detail] === undefined ? '' : ` (${units[detail]})`
  const quoted = detail === '' ? '' : `: "${detail}"`
  const values: Readonly<Record<string, string>> = { field, detail, unit, quoted, decimals: decimalsText(detail) }
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
  return { cause: fill(found.cause), change: found.change === undefined ? undefined : fill(found.change) }
}

function decimalsText(detail: string): string {
  return detail === '0' ? 'a whole number' : `${detail} decimal${detail === '1' ? '' : 's'}`
}

const units: Readonly<Record<string, string>> = {
  100: 'cents against whole amounts, or percent against shares',
  1000: 'thousandths against wholes, such as milliseconds and seconds',
  10: 'a decimal place',
  60: 'seconds, minutes and hours',
  3600: 'seconds against hours',
  86400: 'seconds against days',
}

const shownPairs = 6

function mappingGuess(pattern: 'enum' | 'constant', field: string, { mapped, last }: SeenPairs): Guess {
  if (pattern === 'constant') {
    const value = JSON.stringify(last.sample.service) ?? 'missing'
    const shown = value.length <= 60 ? value : `${value.slice(0, 60)}…`
    const cause = `The service's ${field} is always ${shown}, whatever legacy says: a default or a placeholder.`
    return { cause, change: `carry ${field} over` }
  }
  const pairs = [...(mapped ?? [])].slice(0, shownPairs)
  const more = (mapped?.size ?? 0) > shownPairs ? ', and more' : ''
  const becomes = pairs.map(([legacy, service]) => `${legacy} becomes ${service}`).join(', ')
  const back = pairs.map(([legacy, service]) => `${service} to ${legacy}`).join(', ')
  return {
    cause: `A fixed map of values (enum) in ${field}: ${becomes}${more}.`,
    change: `map ${field}: ${back}${more}`,
  }
}

function statusGuess(pattern: string): Guess | undefined {
  const [, legacy, service] = /^(\d+)-to-(\d+)$/.exec(pattern) ?? []
  if (legacy === undefined || service === undefined) return undefined
  const why = statusReasons.find(([from, to]) => from.test(legacy) && to.test(service))?.[2]
  const because = why === undefined ? '' : `: ${why}`
  return { cause: `The service answers with status ${service} where legacy answers ${legacy}${because}.` }
}

const statusReasons: readonly (readonly [legacy: RegExp, service: RegExp, why: string])[] = [
  [/./, /^5/, 'it fails on what legacy can do'],
  [/^[23]/, /^404|^410/, 'what was asked for was not carried over, or its id is another'],
  [/^[23]/, /^40[13]/, 'it does not know the caller, or may not let it in'],
  [/^[23]/, /^4/, 'it refuses what legacy accepts: its validation is stricter'],
  [/^4/, /^[23]/, 'it accepts what legacy refuses: its validation is weaker'],
  [/^2/, /^2/, 'another code for the same success'],
  [/^4/, /^4/, 'another code for the same refusal'],
  [/^5/, /^[234]/, 'it can do what legacy fails at'],
]
