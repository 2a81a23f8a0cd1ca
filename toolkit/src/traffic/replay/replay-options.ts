import type { Clock } from '../../base/index.ts'
import type { CompareRule, ComparisonReport, IdPairs, Production, WrittenReport } from '../../compare/index.ts'
import type { Exchange, HeaderPair } from '../exchange.ts'
import type { RecordingReport } from '../recording/recording.ts'
import type { RedactionRules } from '../redact/rules.ts'
import type { ByArm, Replayed, ReplayProgress } from './replayed.ts'

/** What is replayed, against what, and within which bounds. */
export interface ReplayOptions {
  readonly exchanges: AsyncIterable<Exchange>
  /** Base URLs. With both, their answers are compared with each other; with one, with the recorded answer. */
  readonly arms: { readonly legacy?: string | URL | undefined; readonly service?: string | URL | undefined }
  /** Sent instead of recorded headers of the same name: the credentials that the recording does not hold. */
  readonly headers?: readonly HeaderPair[]
  /** Sent to one arm only, before `headers`: where the arms know different credentials. */
  readonly armHeaders?: ByArm<readonly HeaderPair[]>
  /** The secret behind a token of the recording, from its vault; undefined when it is not known. */
  readonly reveal?: ((token: string) => string | undefined) | undefined
  /** The accepted rules for an exchange; give the same list for the same route. Default: none. */
  readonly rulesFor?: (exchange: Exchange) => readonly CompareRule[]
  /** What is a secret beside the defaults: what the recording was redacted by. What arms answer is shown without it, too. */
  readonly redaction?: RedactionRules | undefined
  /** Why an exchange is not to be sent, in a word that the report counts: `without-arms`. Default: all are sent. */
  readonly leaveOut?: (exchange: Exchange) => string | undefined
  /**
   * Which arms an exchange is sent to, where not all go to every arm that has a URL. What only one arm answered is not compared, and what it brought forth
   * (a session of the log-in page, say) counts for both arms: as in production, where the service is handed legacy's cookie. Default: `both`.
   */
  readonly armsOf?: ((exchange: Exchange) => 'both' | 'legacy' | 'service') | undefined
  /**
   * `skip` (default) sends only safe methods; `send` sends all, for arms whose data may be changed; `twin` does too, and
   * says that the arms stand on copies of their databases.
   */
  readonly writes?: ReplayWrites
  /** How much legacy is asked twice, to know its own noise; default: nothing. */
  readonly noise?: NoiseOptions | undefined
  /** Mismatches of reads are asked again once this has resolved: all that was committed before has been applied. */
  readonly lagPassed?: ((signal: AbortSignal | undefined) => Promise<void>) | undefined
  /** Of the gate: the share (0 to 1) of exchanges that may mismatch. Default 0. */
  readonly maxMismatchShare?: number | undefined
  /** Called once, when all is sent: what both arms wrote, compared through the ids that they gave. */
  readonly compareWritten?: ((ids: IdPairs) => Promise<WrittenReport | undefined>) | undefined
  /** What production shows: what of it was never compared is reported. */
  readonly production?: Production | undefined
  /** What reading the recording met; asked when it has been read. Default: nothing to tell. */
  readonly readReport?: (() => Pick<RecordingReport, 'malformed' | 'malformedLines' | 'dropped' | 'cut'>) | undefined
  /**
   * A file that remembers what was sent: when it is there already, the replay goes on from it, and counts what was sent
   * before as skipped, `sent-before`. It holds no secrets, so a session that had begun before must log in again.
   */
  readonly resume?: string | undefined
  /** What is drawn is drawn from it: the same seed and the same arms give the same report. Default `banyan`. */
  readonly seed?: string | undefined
  /** Requests at once, for each arm. Default 16. */
  readonly concurrency?: number
  /** Default 10 000. */
  readonly timeoutMs?: number
  /** Of one answer, decoded; more cannot be compared. Default 1 MiB. */
  readonly maxBodyBytes?: number
  /** 1 is the recorded pace, 2 twice as fast. Default: as fast as the arms answer. */
  readonly pace?: number | undefined
  readonly clock?: Clock
  readonly signal?: AbortSignal | undefined
  /** Told what each arm was really sent and answered, secrets and all, before anything that waits for this exchange is sent. Nothing of it may be stored. */
  readonly onAnswered?: ((answered: Required<Pick<Replayed, 'exchange' | 'requests' | 'answers'>>) => void) | undefined
  /** Called for each exchange that was sent. */
  readonly onReplayed?: (replayed: Replayed) => void
  /** Called after each exchange. */
  readonly onProgress?: (progress: ReplayProgress) => void
}

/** What becomes of requests that change data. */
export type ReplayWrites = 'skip' | 'send' | 'twin'

/** How much legacy is asked a second time: safe methods only, and only where both arms are asked. */
export interface NoiseOptions {
  /** Of all exchanges, drawn by the seed, 0 to 1. */
  readonly share: number
  /** Also each exchange whose answers mismatch. Default true. */
  readonly mismatches?: boolean
}

/** What a replay gave: the report of the comparison, and why an arm gave no answer last. */
export interface ReplayReport extends ComparisonReport {
  readonly lastFailure: ByArm<string>
}
