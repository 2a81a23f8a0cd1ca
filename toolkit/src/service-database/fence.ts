import { Fault, messageOf, systemCodeOf } from '../base/index.ts'

/** What a fence's message begins with. */
const mark = 'banyan: '

/** SQLite's RAISE(ABORT) of a trigger; PostgreSQL's RAISE EXCEPTION (appendix A). */
const raised = new Set(['SQLITE_CONSTRAINT_TRIGGER', 'P0001'])

/**
 * What a fence says that refused a write, as the fault that the owner row would have given: `owner-moving` while nobody may
 * write, else `not-the-owner`. Undefined when it was no fence that threw.
 */
export function fenceFault(thrown: unknown): Fault | undefined {
  const message = messageOf(thrown)
  const begin = message.indexOf(mark)
  if (begin < 0 || !raised.has(systemCodeOf(thrown) ?? '')) return undefined
  const words = message.slice(begin + mark.length)
  const code = /\bis moving\b/.test(words) ? 'owner-moving' : 'not-the-owner'
  return new Fault(code, words, { cause: thrown, ...hintOf(thrown, words) })
}

function hintOf(thrown: unknown, words: string): { readonly hint?: string } {
  const hint = thrown instanceof Error && 'hint' in thrown && typeof thrown.hint === 'string' ? thrown.hint : ''
  return hint === '' || words.includes(hint) ? {} : { hint }
}
