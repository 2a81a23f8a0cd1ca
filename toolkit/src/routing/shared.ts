import type { Segment } from './route.ts'

/** What routes have in common, as one object for all of them: requests then find it in the cache of their processor. */
export interface Shared {
  /** From its packed form, joined by commas; the empty string is none. */
  methods(packed: string): readonly string[]
  parameter(name: string): Segment
}

/** Builds what the routes of one route table share; bounded by what they say. */
export function buildShared(): Shared {
  const lists = new Map<string, readonly string[]>()
  const parameters = new Map<string, Segment>()
  return {
    methods: (packed) => {
      const list = lists.get(packed) ?? (packed === '' ? [] : packed.split(',').map(wordOf))
      lists.set(packed, list)
      return list
    },
    parameter: (name) => {
      const parameter = parameters.get(name) ?? ({ kind: 'parameter', name } as const)
      parameters.set(name, parameter)
      return parameter
    },
  }
}

/**
 * The same word as the code has it. One that was read from bytes is equal and yet another string, so that each comparison of a
 * request with it would look at its characters.
 */
export function wordOf<Word extends string>(read: Word): Word {
  const known = words.get(read)
  return known === undefined ? read : (known as Word)
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const words: ReadonlyMap<string, string> = new Map(
  [...methods, 'legacy', 'service', 'owner', 'preserve', 'upstream'].map((word) => [word, word]),
)
