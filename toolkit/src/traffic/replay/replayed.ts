import type { AskedAgain, LegacyAgain, Verdict } from '../../compare/index.ts'
import type { Exchange } from '../exchange.ts'
import type { ArmAnswer } from './arm-answer.ts'
import type { ReplayRequest } from './replay-request.ts'

/** The arms that were asked, by name. */
export type ByArm<Value> = { readonly legacy?: Value; readonly service?: Value }

/** One exchange that was sent again. */
export interface Replayed {
  readonly exchange: Exchange
  readonly verdict: Verdict
  readonly answers: ByArm<ArmAnswer>
  /** What each arm was sent: with its own ids, tokens and credentials. */
  readonly requests?: ByArm<ReplayRequest> | undefined
  /** Legacy's second answer to the same request, where it was asked twice and answered. */
  readonly legacyAgain?: LegacyAgain | undefined
  /** Of a mismatch that was asked again on both arms, after the lag: what comparing gave then. */
  readonly askedAgain?: AskedAgain | undefined
}

/** Where a replay is. */
export interface ReplayProgress {
  /** Exchanges read so far. */
  readonly exchanges: number
  readonly sent: number
  readonly mismatched: number
}
