/** A value that a database column holds, as the driver gives it: SQLite and PostgreSQL alike. */
export type ColumnValue = null | string | number | bigint | boolean | Buffer | Date

/** One row: column name to value. */
export type Row = Readonly<Record<string, ColumnValue>>

/** An aggregate as rows: the root, and per child name its rows in key order. */
export interface AggregateRows {
  readonly root: Row
  readonly children: Readonly<Record<string, readonly Row[]>>
}

/** Whether two column values are the same value: buffers by content, dates by instant, 7 and 7n alike. */
export function sameColumn(a: ColumnValue | undefined, b: ColumnValue | undefined): boolean {
  if (a === b) return true
  if (a === null || b === null || a === undefined || b === undefined) return false
  if (typeof a !== 'object' && typeof b !== 'object') return sameNumber(a, b)
  if (Buffer.isBuffer(a)) return Buffer.isBuffer(b) && a.equals(b)
  return a instanceof Date && b instanceof Date && a.getTime() === b.getTime()
}

function sameNumber(a: string | number | bigint | boolean, b: string | number | bigint | boolean): boolean {
  if (typeof a === 'bigint' && typeof b === 'number') return Number.isSafeInteger(b) && a === BigInt(b)
  if (typeof b === 'bigint' && typeof a === 'number') return Number.isSafeInteger(a) && b === BigInt(a)
  return Object.is(a, b)
}
