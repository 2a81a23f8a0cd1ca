import type { Json } from '../base/index.ts'

/**
 * One path where two answers differ. `path` is JSON-path like: `status`, `header:content-type`, `$` (the whole
 * body), `$.addresses[0].city`. `legacy` and `service` hold the two values; undefined where there is none.
 */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'type' | 'value' | 'order' | 'status' | 'header'
  readonly path: string
  readonly legacy: Json | undefined
  readonly service: Json | undefined
}

/** What is compared of an answer. Header names in lower case; bodies already decoded from gzip or br. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, readonly string[]>
  readonly body: Buffer
  /** True when the answer was cut or was larger than what is kept: it cannot be compared. */
  readonly truncated: boolean
}
