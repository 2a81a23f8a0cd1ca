import type { Clock } from '@banyan/toolkit/base'
import { buildTally, type Tally } from '@banyan/toolkit/compare'
import type { EdgeParts } from './edge-parts.ts'
import type { Epochs } from './hold/epochs.ts'
import { buildHolds } from './hold/holds.ts'
import { buildWrites } from './hold/writes.ts'
import { buildAppliedReports } from './passage/applied-reports.ts'
import { buildCopyBudget } from './passage/body-copy.ts'
import { buildInFlight } from './passage/in-flight.ts'
import { buildRecentWriters } from './passage/recent-writers.ts'
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
import { buildNodeHttpSender } from './upstream/sender-node-http.ts'

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
  const tally = buildTally(clock)
  const applied = buildAppliedReports()
  const redact = followingRedactor(redactionKey, () => source.current().recording?.redact)
  // Shadows have a sender, and so connections, of their own (law 1).
  const shadowSender = buildNodeHttpSender()
  const comparer = buildComparer()
  const recheck = buildRecheck({ applied, clock, sender: shadowSender, comparer, tally, redact })
  const writes = buildWrites()
  const parts: EdgeParts = {
    table: source.current,
    sender: buildNodeHttpSender(),
    shadow: buildShadow({ sender: shadowSender, comparer, tally, recheck, redact }),
    recorders: buildRecorders({ redactionKey, vaultKeyFile, clock, log: log.messages }),
    copies: buildCopyBudget(maxHeldBytes),
    recentWriters: buildRecentWriters(clock, applied),
    applied,
    stats,
    upstreamErrors: buildUpstreamErrors(log.messages),
    inFlight: buildInFlight(),
    writes,
    holds: buildHolds({ clock, log: log.messages, registry: stats.registry, writes, epochs }),
    log,
    dice,
    draining,
  }
  addGauges(parts)
  return {
    parts,
    tally,
    probes: buildShadowProbes({ table: source.current, shadow: parts.shadow, sender: shadowSender, tally, clock }),
    close: () => {
      void parts.recorders.close()
      recheck.close()
      parts.shadow.close()
      comparer.close()
      parts.sender.close()
    },
  }
}

function addGauges({ stats, shadow, copies, inFlight }: EdgeParts): void {
  stats.gauge('banyan_shadow_queued', 'Shadows that wait for their turn', () => shadow.stats().queued)
  stats.gauge('banyan_shadow_running', 'Shadows under way', () => shadow.stats().running)
  stats.gauge(
    'banyan_shadow_shed',
    'Shadows left out since the start because a bound was reached',
    () => shadow.stats().shed,
  )
  stats.gauge('banyan_copied_bytes', 'Bytes of bodies held for comparing and recording', copies.heldBytes)
  stats.gauge('banyan_requests_in_flight', 'Requests being served', () => inFlight.running().length)
}
