import type { Application } from './application.ts'
import type { EdgeProcess } from './edge-process.ts'

/** What a piece measures with. */
export interface Setting {
  readonly edge: EdgeProcess
  readonly application: Application
  /** From 0 to 1: how large it is to be. */
  readonly scale: number
}

/** What a piece found. */
export interface Found {
  readonly what: string
  readonly lines: readonly string[]
  /** How much the edge's resident memory may grow. */
  readonly mostGrowthMiB: number
  /** What else should have been and was not. */
  readonly wrong: string | undefined
}

/** One kind of traffic. */
export type Piece = (setting: Setting) => Promise<Found>
