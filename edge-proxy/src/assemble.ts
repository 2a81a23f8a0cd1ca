import type { Clock } from '@banyan/toolkit/base'
import { buildTally, type Tally } from '@banyan/toolkit/compare/tally'
import type { EdgeParts } from './edge-parts.ts'
import type { Epochs } from './hold/epochs.ts'
import { buildHolds } from './hold/holds.ts'
import { buildWrites } from './hold/writes.ts'
import { type Identify, identifyNobody } from './identity/identify.ts'
import { buildLimits } from './limits/limits.ts'
import { addLimitsMetrics } from './limits/limits-metrics.ts'
import { buildObservers, type Observers } from './observe/observers.ts'
import { buildTracing } from './observe/tracing.ts'
import { buildAppliedReports } from './passage/applied-reports.ts'
import { buildCopyBudget } from './passage/body-copy.ts'
import { buildInFlight } from './passage/in-flight.ts'
import { buildRecentWriters } from './passage/recent-writers.ts'
import { trustingLive } from './request/client.ts'
import type { RouteTableSource } from './route-table/route-table-source.ts'
import type { EdgeLog } from './settle/access-log.ts'
import { followingRedactor } from './settle/following-redactor.ts'
import { buildRecorders } from './settle/recording.ts'
import type { Stats } from './settle/stats.ts'
import { buildUpstreamErrors } from './settle/upstream-errors.ts'
import { buildComparer } from './shadow/compare-in-thread.ts'
import { buildShadowProbes, type ShadowProbes } from './shadow/probe.ts'
import { buildRecheck } from './shadow/recheck.ts'
import { buildShadow } from './shadow/shadow.ts'
import { addShadowMetrics } from './shadow/shadow-metrics.ts'
import { buildHttp1Sender } from './upstream/http1/sender-http1.ts'
import type { Lookup } from './upstream/policy/names.ts'
import { addUpstreamMetrics } from './upstream/policy/upstream-metrics.ts'
import { buildUpstreams } from './upstream/policy/upstreams.ts'
import type { Peers } from './workers/peers.ts'

/** All copies of bodies together hold at most this much. */
const maxHeldBytes = 64 * 1024 * 1024

/** What exists before the parts are put together. */
export interface Foundations {
  readonly clock: Clock
  readonly dice: () => number
  readonly log: EdgeLog
  readonly stats: Stats
  readonly source: RouteTableSource
  /** Behind the tokens of what is stored. */
  readonly redactionKey: Buffer
  /** Where the key of standing recordings' vaults is, or is made. */
  readonly vaultKeyFile: string
  draining(): boolean
  readonly epochs: Epochs
  /** The other workers of the edge; undefined: it is one process. */
  readonly peers?: Peers | undefined
  /** Default: nobody is identified. */
  readonly identify?: Identify | undefined
  /** How names of upstreams are resolved. */
  readonly lookup: Lookup
}

/** An edge's parts, with the tally that its shadow fills. */
export interface Assembled {
  readonly parts: EdgeParts
  readonly tally: Tally
  readonly probes: ShadowProbes
  close(): void
}

/** Puts the parts of an edge together; nothing listens yet. */
export function assemble(foundations: Foundations): Assembled {
  const { clock, dice, log, stats, source, redactionKey, vaultKeyFile, draining, epochs } = foundations
  const tracing = buildTracing()
  const observers = buildObservers({ redact: (target) => redact.target(target) })
  const tally = observedTally(buildTally(clock), observers)
  const applied = buildAppliedReports()
  const redact = followingRedactor(redactionKey, () => source.current().recording?.redact)
  // Shadows have a sender, and so connections, of their own (law 1).
  const sender = buildHttp1Sender()
  const checkSender = buildHttp1Sender()
  const upstreams = buildUpstreams({
    sender,
    checkSender,
    clock,
    dice,
    log: log.messages,
    lookup: foundations.lookup,
    peers: foundations.peers,
  })
  const shadowSender = { ...buildHttp1Sender(), choose: upstreams.choose }
  const comparer = buildComparer()
  const recheck = buildRecheck({ applied, clock, sender: shadowSender, comparer, tally, redact })
  const writes = buildWrites()
  const inFlight = buildInFlight()
  const limits = buildLimits({
    ...{ table: source.current, inFlight: inFlight.count, now: clock.monotonic, dice },
    peers: foundations.peers,
  })
  const parts: EdgeParts = {
    table: source.current,
    upstreams,
    shadow: buildShadow({
      sender: shadowSender,
      comparer,
      tally,
      recheck,
      redact,
      clock,
      leftOut: observers.leftOut,
      tracing,
      pressure: limits.pressure,
    }),
    recorders: buildRecorders({
      ...{ redactionKey, vaultKeyFile, clock, log: log.messages },
      storedByPrimary: foundations.peers !== undefined,
    }),
    copies: buildCopyBudget(maxHeldBytes),
    recentWriters: buildRecentWriters(clock, applied, foundations.peers),
    applied,
    stats,
    upstreamErrors: buildUpstreamErrors(log.messages),
    inFlight,
    trusts: trustingLive(() => source.current().listen.trusted),
    identify: foundations.identify ?? identifyNobody,
    limits,
    writes,
    holds: buildHolds({ clock, log: log.messages, registry: stats.registry, writes, epochs }),
    log: observedLog(log, observers),
    observers,
    tracing,
    dice,
    draining,
  }
  addGauges(parts)
  addShadowMetrics(stats, parts.shadow)
  addLimitsMetrics(stats, limits)
  addUpstreamMetrics(stats.registry, upstreams)
  return {
    parts,
    tally,
    probes: buildShadowProbes({ table: source.current, shadow: parts.shadow, sender: shadowSender, tally, clock }),
    close: () => {
      void parts.recorders.close()
      void observers.close()
      recheck.close()
      parts.shadow.close()
      comparer.close()
      upstreams.close()
      sender.close()
      limits.close()
    },
  }
}

/** A tally that tells each verdict to those who watch requests, too. */
function observedTally(tally: Tally, observers: Observers): Tally {
  return {
    ...tally,
    record: (entry) => {
      tally.record(entry)
      observers.verdict(entry)
    },
  }
}

/** What ends, is logged, be it served, refused or upgraded: there those who watch requests hear of it, too. */
function observedLog(log: EdgeLog, observers: Observers): EdgeLog {
  return {
    ...log,
    served: (passage, outcome) => {
      log.served(passage, outcome)
      try {
        observers.served(passage, outcome)
      } catch (error) {
        notShown(log, error)
      }
    },
    refused: (id, refusal, about) => {
      log.refused(id, refusal, about)
      try {
        observers.refused(id, refusal, about)
      } catch (error) {
        notShown(log, error)
      }
    },
  }
}

/** Who only watches cannot hurt a request (law 1): a mistake of ours in showing it is told to operators, and to nobody else. */
function notShown({ messages }: EdgeLog, error: unknown): void {
  messages.error({ err: error }, 'a request could not be shown')
}

function addGauges({ stats, copies, inFlight, observers, log, recentWriters }: EdgeParts): void {
  stats.gauge('banyan_copied_bytes', 'Bytes of bodies held for comparing and recording', copies.heldBytes)
  stats.gauge(
    'banyan_writers_forgotten',
    'Callers whose writes were forgotten since the start, because there were too many',
    recentWriters.forgotten,
  )
  stats.gauge('banyan_requests_in_flight', 'Requests being served', inFlight.count)
  stats.gauge(
    'banyan_log_lines_lost',
    'Log lines that were not written since the start: a full disk, a slow reader',
    log.lost,
  )
  stats.gauge('banyan_taps', 'Readers who watch requests pass', () => observers.counts().taps)
  stats.gauge(
    'banyan_tap_lines_left_out',
    'Lines that readers did not get since the start, because more came than they asked for or read',
    () => observers.counts().tapLinesLeftOut,
  )
  stats.gauge('banyan_requests_remembered', 'Requests that banyan why knows', () => observers.counts().remembered)
}
