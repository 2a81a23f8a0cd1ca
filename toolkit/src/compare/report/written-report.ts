import type { Json } from '../../base/index.ts'

/** What each arm wrote into its own copy of the data, compared through the translator. */
export interface WrittenReport {
  readonly capability: string
  /** Aggregates that were written by either arm. */
  readonly aggregates: number
  readonly equal: number
  readonly different: number
  readonly onlyLegacy: number
  readonly onlyService: number
  /** Fields that both arms wrote differently and may: by a rule of the manifest, or the instants of the replay itself. */
  readonly accepted?: readonly { readonly path: string; readonly reason: string; readonly aggregates: number }[]
  /** Written aggregates beyond the bound, which nobody compared. */
  readonly leftOut?: number
  /** Aggregates that differed already before anything was sent. */
  readonly differedBefore?: number
  readonly samples: readonly {
    readonly key: string
    readonly path: string
    readonly legacy: Json | undefined
    readonly service: Json | undefined
  }[]
}
