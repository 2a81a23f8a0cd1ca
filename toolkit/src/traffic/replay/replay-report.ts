import type { IdReport } from '../../compare/index.ts'
import { judgeNotSent } from './judge-not-sent.ts'
import { judgeRecorded } from './judge-recorded.ts'
import { judgeWritten } from './judge-written.ts'
import type { Replay } from './open-replay.ts'
import type { ReplayReport } from './replay-options.ts'

/** Ends a replay: what was compared is judged, and what both arms wrote is compared where that was wanted. */
export async function replayReport(replay: Replay): Promise<ReplayReport> {
  const { options, counts, correlation } = replay
  const interrupted = replay.interrupted()
  const written = interrupted ? undefined : await options.compareWritten?.(correlation.ids)
  const read = options.readReport?.() ?? { malformed: 0, malformedLines: [], dropped: 0, cut: undefined }
  const { exchanges, sent } = counts.progress()
  const unread = { ...read, read: exchanges, damaged: read.cut?.why }
  const exchangeCounts = {
    ...{ read: exchanges, sent, skipped: counts.skipped() },
    ...{ malformed: read.malformed, malformedLines: read.malformedLines, dropped: read.dropped },
  }
  const compared = await replay.comparison.finish({
    ...{ exchanges: exchangeCounts, interrupted, production: options.production },
  })
  return {
    ...judgeWritten(judgeRecorded(judgeNotSent(compared, counts.notSent()), unread), written),
    formatVersion: 1,
    sides: sidesOf(replay),
    arms: armsOf(replay),
    startedAt: replay.startedAt,
    tookMs: counts.tookMs(),
    exchanges: exchangeCounts,
    ids: idsOf(replay),
    bounds: boundsOf(replay),
    ...(written === undefined ? {} : { written }),
    interrupted,
    lastFailure: counts.lastFailure(),
  }
}

function sidesOf({ asked }: Replay): readonly [string, string] {
  const [only = 'service'] = asked
  return asked.length > 1 ? ['legacy', 'service'] : ['recorded', only]
}

function armsOf({ options }: Replay): ReplayReport['arms'] {
  const { legacy, service } = options.arms
  return {
    ...(legacy === undefined ? {} : { legacy: withoutCredentials(legacy) }),
    ...(service === undefined ? {} : { service: withoutCredentials(service) }),
  }
}

function withoutCredentials(url: string | URL): string {
  const shown = new URL(url)
  shown.username = ''
  shown.password = ''
  shown.search = ''
  return shown.href.replace(/\/$/, '')
}

/** Nothing is dropped in silence. */
function boundsOf({ correlation, notAskedAgain }: Replay): NonNullable<ReplayReport['bounds']> {
  const bounds = [
    {
      count: correlation.report().forgotten,
      what: 'values of earlier answers were forgotten: requests that carry them are sent as recorded',
    },
    { count: notAskedAgain(), what: 'mismatches were not asked again after the lag: whether they last is unknown' },
  ]
  return bounds.filter(({ count }) => count > 0)
}

/** An id may be a secret by the name of its field, too. */
function firstOf({ place, first }: Learnt, redact: Replay['redact']): Learnt['first'] {
  if (first === undefined) return undefined
  const { legacy, service } = redact.difference({ kind: 'value', path: place.replaceAll(' ', '.'), ...first })
  return { ...first, legacy: redact.target(String(legacy)), service: redact.target(String(service)) }
}

type Learnt = NonNullable<IdReport['learnt']>[number]

/** An id may be a secret by its form: a web token, a card number. */
function idsOf({ correlation, redact }: Replay): IdReport {
  const { pairs, dependent, conflicts, learnt = [] } = correlation.report()
  const shown = (id: string) => redact.target(id)
  return {
    ...{ pairs, dependent },
    learnt: learnt.map((field) => ({ ...field, first: firstOf(field, redact) })),
    conflicts: conflicts.map(({ legacy, service, exchange }) => ({
      ...{ legacy: shown(legacy), service: service.map(shown), exchange },
    })),
  }
}
