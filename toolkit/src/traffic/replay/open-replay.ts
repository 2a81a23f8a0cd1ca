import { randomBytes } from 'node:crypto'
import { type Clock, exitCodes, Fault, instant, systemClock } from '../../base/index.ts'
import { buildComparison, type ComparedExchange, type Comparison, mapDifferences } from '../../compare/index.ts'
import type { Visit } from '../correlate/carried.ts'
import { buildCorrelation, type Correlation, type Traced } from '../correlate/correlation.ts'
import { isSecretToken } from '../correlate/token-text.ts'
import type { HeaderPair } from '../exchange.ts'
import { buildRedactor, type Redact } from '../redact/redact.ts'
import { keptAnswer } from './kept-answer.ts'
import type { Turn } from './lanes.ts'
import { type ArmBounds, connectArm, type ReplayArm } from './replay-arm.ts'
import { buildReplayCounts, type ReplayCounts } from './replay-counts.ts'
import type { Work } from './replay-exchange.ts'
import type { ReplayOptions } from './replay-options.ts'
import type { ByArm, Replayed, ReplayProgress } from './replayed.ts'
import { openResumeFile, type ResumeFile } from './resume-file.ts'
import { buildShownDifferences } from './shown-differences.ts'

type Arm = 'legacy' | 'service'

/** A replay that is under way. */
export interface Replay {
  readonly options: ReplayOptions
  readonly clock: Clock
  readonly startedAt: string
  readonly arms: ByArm<ReplayArm>
  /** The arms that are asked. */
  readonly asked: readonly Arm[]
  /** Base URLs of the arms: a redirect to an arm itself is a redirect to its path, for each arm has an address of its own. */
  readonly origins: readonly string[]
  readonly headersOf: Readonly<Record<Arm, readonly HeaderPair[]>>
  readonly comparison: Comparison
  readonly correlation: Correlation<Turn<Work>>
  readonly counts: ReplayCounts
  readonly redact: Redact
  readonly resumed: ResumeFile
  /** What `arm` has in place of what a request carries: what it brought forth, else the secret from the vault. */
  ownOf(traced: Traced, arm: Arm): Visit | undefined
  /** Adds to the comparison, without the secrets of its answers. */
  compared(found: ComparedExchange): void
  /** An exchange as it may be shown. */
  redacted(replayed: Replayed): Replayed
  /** Counts, and says no beyond a bound: a service that is wrong everywhere must not make a replay endless. */
  mayAskAgain(): boolean
  /** Mismatches that were beyond that bound. */
  notAskedAgain(): number
  progress(): ReplayProgress
  interrupted(): boolean
  close(): void
}

const mostAskedAgain = 1000

/** Connects to the arms. Throws `replay-without-arm` and `url-invalid` (exit 64). */
export function openReplay(options: ReplayOptions): Replay {
  const { clock = systemClock, signal, headers = [], armHeaders = {} } = options
  const arms = connectArms(options)
  const correlation = buildCorrelation<Turn<Work>>()
  const counts = buildReplayCounts(clock)
  // What the arms say now may hold secrets that the recording does not: they are redacted before anything is kept.
  const redact = buildRedactor({ key: randomBytes(32), rules: options.redaction ?? {} })
  const shown = buildShownDifferences(redact)
  const comparison = buildComparison({
    maxMismatchShare: options.maxMismatchShare,
    comparing: { ids: correlation.ids },
    redact: { difference: shown.difference, answer: (answer) => keptAnswer(answer, redact.token) },
  })
  const resumed = openResumeFile(options.resume)
  let askedAgain = 0
  return {
    ...{ options, clock, arms, comparison, correlation, counts, redact, resumed, startedAt: instant(clock) },
    asked: (['legacy', 'service'] as const).filter((arm) => arms[arm] !== undefined),
    origins: [options.arms.legacy, options.arms.service].flatMap((url) => (url === undefined ? [] : [String(url)])),
    headersOf: {
      legacy: [...(armHeaders.legacy ?? []), ...headers],
      service: [...(armHeaders.service ?? []), ...headers],
    },
    ownOf: (traced, arm) => ownOf(traced, arm, { correlation, reveal: options.reveal }),
    compared: (found) => {
      shown.from([found.answers.legacy, found.answers.service, found.legacyAgain?.answer])
      comparison.add(found)
    },
    redacted: (replayed) => {
      const { legacy, service } = replayed.answers
      shown.from([legacy, service].map((answer) => (answer?.ok === true ? answer.answer : undefined)))
      return { ...replayed, verdict: mapDifferences(replayed.verdict, shown.difference) }
    },
    mayAskAgain: () => askedAgain++ < mostAskedAgain,
    notAskedAgain: () => Math.max(0, askedAgain - mostAskedAgain),
    progress: () => ({ ...counts.progress(), mismatched: comparison.progress().mismatched }),
    interrupted: () => signal?.aborted === true,
    close() {
      comparison.close()
      resumed.close()
      arms.legacy?.close()
      arms.service?.close()
    },
  }
}

/** Undefined when nothing that the request carries is another value on this arm: then it is sent as it was recorded. */
function ownOf(
  traced: Traced,
  arm: Arm,
  { correlation, reveal }: Pick<ReplayOptions, 'reveal'> & { readonly correlation: Correlation },
): Visit | undefined {
  const visit: Visit = (carried) => {
    const own = correlation.ownOf(traced, carried, arm)
    return own ?? (isSecretToken(carried.value) ? reveal?.(carried.value) : undefined)
  }
  const changes = traced.carried.some((carried) => {
    const own = visit(carried)
    return own !== undefined && own !== carried.value
  })
  return changes ? visit : undefined
}

function connectArms(options: ReplayOptions): ByArm<ReplayArm> {
  const bounds: ArmBounds = {
    connections: options.concurrency ?? 16,
    timeoutMs: options.timeoutMs ?? 10_000,
    maxBodyBytes: options.maxBodyBytes ?? 1024 * 1024,
    signal: options.signal,
  }
  const { legacy, service } = options.arms
  if (legacy === undefined && service === undefined) {
    throw new Fault('replay-without-arm', 'no arm to replay against', {
      hint: 'name one or both: --legacy URL --service URL',
      exitCode: exitCodes.usage,
    })
  }
  return {
    ...(legacy === undefined ? {} : { legacy: connectArm(legacy, bounds) }),
    ...(service === undefined ? {} : { service: connectArm(service, bounds) }),
  }
}
