import type { FlatAnswer, Tally } from '@banyan/toolkit/compare'
import type { Arm, Capability, Upstream } from '@banyan/toolkit/routing'
import type { EdgeRequest } from '../request/edge-request.ts'

/** A served answer that the other arm is to give again, only to compare. */
export interface ShadowJob {
  readonly request: EdgeRequest
  readonly route: string
  readonly capability: Capability
  /** The arm that served. */
  readonly served: Arm
  /** The other arm: where it is sent. */
  readonly upstream: Upstream
  readonly answer: FlatAnswer
  /** The served answer's end, of the edge's clock, by which sync workers report: milliseconds since 1970. */
  readonly answeredAt: number
  /** Of a write, which the other arm executes; undefined: nothing is sent. */
  readonly body?: Buffer | undefined
  /** Gives back what is held of both bodies. */
  release(): void
  /** Where the verdict of a probe goes; undefined for traffic, whose tally no probe may change. */
  readonly probe?: Tally | undefined
}
