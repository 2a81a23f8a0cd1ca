import type { ColumnValue, Row } from '@banyan/toolkit/anti-corruption'
import type { Carried, Part } from './part.ts'

/** A column that both sides hold in the same form; an id, as a number on both. */
export function same(legacy: string, service: string, holds: (value: ColumnValue) => boolean): Part {
  const carry = (from: string, to: string) => (row: Row) => {
    const value = row[from] ?? null
    return holds(value) ? carried({ [to]: value }) : refused(`not allowed here: ${shown(value)}`)
  }
  return { legacy: [legacy], service: [service], toService: carry(legacy, service), toLegacy: carry(service, legacy) }
}

/** A column of codes, each with its word on the service's side. Keys are legacy's codes; null is written as `null`. */
export function codes(
  legacy: string,
  service: string,
  words: readonly (readonly [code: ColumnValue, word: ColumnValue])[],
): Part {
  const wordOf = new Map(words)
  const codeOf = new Map(words.map(([code, word]) => [word, code]))
  const carry = (from: string, to: string, known: ReadonlyMap<ColumnValue, ColumnValue>) => (row: Row) => {
    const value = plain(row[from] ?? null)
    const other = known.get(value)
    if (other !== undefined) return carried({ [to]: other })
    return refused(`unknown code ${shown(value)}; known: ${[...known.keys()].map(shown).join(', ')}`)
  }
  return {
    legacy: [legacy],
    service: [service],
    toService: carry(legacy, service, wordOf),
    toLegacy: carry(service, legacy, codeOf),
  }
}

/** A column of text in another form on each side; a function gives undefined when it cannot read what it gets. */
export function text(
  legacy: string,
  service: string,
  forms: {
    readonly what: string
    readonly toService: (text: string) => string | undefined
    readonly toLegacy: (text: string) => string | undefined
  },
): Part {
  const carry = (from: string, to: string, read: (text: string) => string | undefined) => (row: Row) => {
    const value = row[from] ?? null
    const other = typeof value === 'string' ? read(value) : undefined
    return other === undefined ? refused(`no ${forms.what}: ${shown(value)}`) : carried({ [to]: other })
  }
  return {
    legacy: [legacy],
    service: [service],
    toService: carry(legacy, service, forms.toService),
    toLegacy: carry(service, legacy, forms.toLegacy),
  }
}

/** Whether a value is a key that both databases can hold. */
export const isKey = (value: ColumnValue): boolean => typeof value === 'number' && Number.isSafeInteger(value)

/** Whether a value is text. */
export const isText = (value: ColumnValue): boolean => typeof value === 'string'

/** Whether a value is text or absent. */
export const isTextOrNull = (value: ColumnValue): boolean => value === null || typeof value === 'string'

/** The columns that a part gives. */
export function carried(columns: Row): Carried {
  return { ok: true, columns }
}

/** Why a part gives nothing. */
export function refused(reason: string): Carried {
  return { ok: false, reason }
}

/** A value as a reason shows it. */
export function shown(value: ColumnValue | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  return value instanceof Date ? value.toISOString() : String(value)
}

function plain(value: ColumnValue): ColumnValue {
  return typeof value === 'bigint' ? Number(value) : value
}
