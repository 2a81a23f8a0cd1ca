import type { Gate } from './plan.ts'
import type { Place, Reader } from './reader.ts'

const conditions = ['mismatches', 'errors', 'p99', 'lag'] as const

/** A gate as written, with how long it may stay unknown (`within`). Undefined when a problem was said. */
export interface ParsedGate {
  readonly gate: Gate
  readonly timeoutMs: number | undefined
}

/** Reads `{ mismatches: { atMost: 0.5%, samples: 600 }, lag: { below: 1s }, within: 2m }`. */
export function parseGate(reader: Reader, place: Place): ParsedGate | undefined {
  const entries = reader.entries(place, [...conditions, 'within'])
  if (entries === undefined) return undefined
  if (!conditions.some((condition) => entries.has(condition))) {
    return reader.say(place, `the gate has no condition. Allowed: ${conditions.join(', ')}.`)
  }
  const { mismatches, errors, p99, lag, within } = Object.fromEntries(entries)
  return {
    gate: {
      ...present('mismatches', mismatches && parseShare(reader, mismatches)),
      ...present('errors', errors && parseShare(reader, errors)),
      ...present('p99', p99 && parseP99(reader, p99)),
      ...present('lag', lag && parseLag(reader, lag)),
    },
    timeoutMs: within && reader.duration(within),
  }
}

function present<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value })
}

/** Reads `{ atMost: 0.5%, samples: 600 }`: a share, and how many must have been seen before it says anything. */
export function parseShare(reader: Reader, place: Place): { atMostShare: number; samples: number } | undefined {
  const entries = reader.entries(place, ['atMost', 'samples'])
  if (entries === undefined) return undefined
  const atMost = entries.get('atMost')
  const samples = entries.get('samples')
  if (atMost === undefined) reader.say(place, '"atMost" is missing: the largest share that passes, such as 0.5%.')
  if (samples === undefined) reader.say(place, '"samples" is missing: how many must be counted, such as 600.')
  const atMostShare = atMost && reader.share(atMost)
  const count = samples && reader.count(samples)
  return atMostShare === undefined || count === undefined ? undefined : { atMostShare, samples: count }
}

function parseP99(reader: Reader, place: Place): { atMostTimesLegacy: number } | undefined {
  const atMost = reader.entries(place, ['atMost'])?.get('atMost')
  if (atMost === undefined) return reader.say(place, '"atMost" is missing, such as { atMost: 1.2x legacy }.')
  const times = /^(\d{1,4}(?:\.\d{1,3})?)x legacy$/.exec(reader.word(atMost) ?? '')?.[1]
  if (times !== undefined && Number(times) > 0) return { atMostTimesLegacy: Number(times) }
  return reader.say(atMost, `"${reader.word(atMost) ?? ''}" is not a multiple of legacy, such as 1.2x legacy.`)
}

function parseLag(reader: Reader, place: Place): { belowMs: number } | undefined {
  const below = reader.entries(place, ['below'])?.get('below')
  if (below === undefined) return reader.say(place, '"below" is missing, such as { below: 1s }.')
  const belowMs = reader.duration(below)
  return belowMs === undefined ? undefined : { belowMs }
}
