import type { Json } from '../base/index.ts'

/**
 * One path where two answers differ. `path` is JSON-path like: `status`, `header:content-type`, `$` (the whole
 * body), `$.addresses[0].city`, `$["odd key"]`. `legacy` and `service` hold the two values, shortened for people;
 * undefined where there is none. A number that a double cannot hold stands as text. `length` stands at a list whose
 * items are not as many on both sides, and holds both counts.
 */
export interface Difference {
  readonly kind: 'missing' | 'extra' | 'type' | 'value' | 'order' | 'length' | 'status' | 'header'
  readonly path: string
  readonly legacy: Json | undefined
  readonly service: Json | undefined
}
