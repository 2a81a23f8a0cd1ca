import type { ColumnValue } from './aggregate-rows.ts'
import type { Loss } from './translator.ts'

/** Says why a value cannot be carried over. */
export class Refusal {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** What a codec returns for a value that it cannot carry over: `refuse('unknown code "Q"')`. */
export function refuse(reason: string): Refusal {
  return new Refusal(reason)
}

/**
 * The two forms of one value. It need not be an inverse pair: what one form cannot tell apart is remembered by the mapping that
 * uses the codec, which keeps what was there before as long as it still says the same.
 */
export interface Codec<Legacy = ColumnValue, Service = ColumnValue> {
  toService(value: Legacy): Service | Refusal
  toLegacy(value: Service): Legacy | Refusal
  /** What is lost, with the path relative to the column: usually ''. */
  readonly losses?: readonly Loss[]
}

/** A value as a reason shows it: quoted, and cut when it is long. */
export function shown(value: ColumnValue | undefined): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value)
  if (Buffer.isBuffer(value)) return `${value.length} bytes`
  // JSON gives null where a date is none, and does not throw.
  return value instanceof Date ? (value.toJSON() ?? 'an invalid date') : String(value)
}

/** A codec over texts: anything else is refused before it gets there. */
export function textCodec(codec: {
  toService(text: string): ColumnValue | Refusal
  toLegacy(value: ColumnValue): ColumnValue | Refusal
  readonly losses?: readonly Loss[]
}): Codec {
  return {
    ...codec,
    toService: (value) => (typeof value === 'string' ? codec.toService(value) : refuse(`no text: ${shown(value)}`)),
  }
}
