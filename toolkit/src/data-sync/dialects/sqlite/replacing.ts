import { changed, mentions, sharing } from './capture-triggers.ts'
import type { FencedTable } from './fence-triggers.ts'
import { quoted } from './handle.ts'
import { keyPresent } from './key-text.ts'
import { ofColumns } from './trigger.ts'

/** When a trigger fires, and what its name ends in. */
export interface Firing {
  readonly name: string
  readonly event: string
  readonly when: string
}

/**
 * When a write would take an owned row out of its way, as REPLACE does, without touching anything owned of its own row: an insert of a row that belongs
 * to nobody (`isMember` says when it does belong), or an update of a unique column. Any other conflict clause fails there, or would have ignored the write.
 */
export function replacing(fence: FencedTable, isMember: string): readonly Firing[] {
  const { uniqueKeys, present } = fence
  if (uniqueKeys.length === 0) return []
  const unique = present.map(({ name }) => name).filter((name) => uniqueKeys.some((key) => mentions(key, name)))
  return [
    { name: 'replace_insert', event: 'BEFORE INSERT', when: `NOT (${isMember}) AND ${inTheWay(fence, '')}` },
    {
      name: 'replace_update',
      event: `BEFORE UPDATE${ofColumns(unique, present)}`,
      when: `(${changed(unique)}) AND ${inTheWay(fence, `AND NOT (${isOld(fence)})`)}`,
    },
  ]
}

function inTheWay({ table, memberships, uniqueKeys, present }: FencedTable, others: string): string {
  const names = present.map(({ name }) => name)
  const members = memberships.map((key) => `(${keyPresent(key)})`).join(' OR ')
  const shared = uniqueKeys.map((key) => `(${sharing(key, names, (column) => `NEW.${quoted(column)}`)})`).join(' OR ')
  return `EXISTS (SELECT 1 FROM ${quoted(table)} WHERE (${members}) AND (${shared}) ${others})`
}

// A row is not in its own way, also where a collation holds its old and its new value to be the same.
function isOld({ present }: FencedTable): string {
  const key = present.flatMap(({ name, primaryKey }) => (primaryKey > 0 ? [name] : []))
  const columns = key.length === 0 ? ['rowid'] : key
  return columns.map((column) => `${quoted(column)} IS OLD.${quoted(column)}`).join(' AND ')
}
