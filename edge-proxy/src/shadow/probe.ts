import { type Clock, instant } from '@banyan/toolkit/base'
import { buildTally, notComparableReasons, type RouteTally, type Tally } from '@banyan/toolkit/compare/tally'
import { decide, otherArm, type Route, type RouteTable, safeMethods } from '@banyan/toolkit/routing'
import type { ShadowProof } from '../admin/admin-api.ts'
import { maxCopyBytes } from '../passage/body-copy.ts'
import { whyShadowShed } from '../passage/shadow-shed.ts'
import { type ArmSender, askArm } from './ask-arm.ts'
import { probeRequest } from './probe-request.ts'
import type { Shadow } from './shadow.ts'
import type { ShadowJob } from './shadow-job.ts'

/** All probes together; what has no result by then has failed. */
const boundMs = 8_000
/** More shadows than this are not probed at once; the rest stays unknown. */
const maxProbed = 64

/** Proves that shadows work, by requests that nobody sent. */
export interface ShadowProbes {
  /** Sends one read through each configured shadow, and says what came of it. Its verdicts are no part of the traffic's. */
  probe(): Promise<readonly ShadowProof[]>
  /** What is known of each configured shadow: from the latest probe, else from traffic that was compared. */
  proofs(): readonly ShadowProof[]
}

/** What probing needs: the shadow itself, for nothing else proves that it works. */
export interface ProbeOptions {
  table(): RouteTable
  readonly shadow: Shadow
  readonly sender: ArmSender
  /** The traffic's. */
  readonly tally: Tally
  readonly clock: Clock
}

/** Builds probes that have proven nothing yet. */
export function buildShadowProbes(options: ProbeOptions): ShadowProbes {
  const { table, tally, clock } = options
  let known = new Map<string, ShadowProof>()
  const proofs = () => {
    const tallies = new Map(tally.report().map((each) => [each.route, each]))
    return shadowed(table()).map((route) => known.get(keyOf(route)) ?? byTraffic(route, tallies.get(route.name)))
  }
  return {
    proofs,
    probe: async () => {
      const live = table()
      const routes = shadowed(live).filter(takesReads).slice(0, maxProbed)
      const late = new Promise<'late'>((resolve) => setTimeout(resolve, boundMs, 'late').unref())
      const found = await Promise.all(
        routes.map(async (route): Promise<readonly [string, ShadowProof]> => {
          const why = await Promise.race([probeOne(live, route, options), late])
          const text = why === 'late' ? `no result within ${boundMs / 1000} s` : why
          const state = text === undefined ? ('proven' as const) : ('failed' as const)
          return [keyOf(route), { route: route.name, state, by: 'probe', at: instant(clock), why: text }]
        }),
      )
      known = new Map(found)
      return proofs()
    },
  }
}

function shadowed({ routes }: RouteTable): readonly Route[] {
  return routes.filter(({ target }) => target.kind === 'capability' && target.shadowPercent > 0)
}

/** A probe never writes, whatever the route allows. */
function takesReads({ match }: Route): boolean {
  return match.methods.length === 0 || match.methods.some((method) => safeMethods.has(method))
}

/** A proof holds for a route as it was, and for the arms that it had. */
function keyOf({ name, match, target }: Route): string {
  if (target.kind === 'upstream') return name
  const { capability, serve } = target
  const arms = [capability.legacy, capability.service].map(({ urls }) => urls.map((url) => url.origin))
  return JSON.stringify([name, match.path, match.host, serve, capability.owner, arms])
}

function byTraffic(route: Route, tally: RouteTally | undefined): ShadowProof {
  const { name } = route
  const compared = tally?.compared ?? 0
  if (compared > 0) return { route: name, state: 'proven', by: 'traffic', at: undefined, why: undefined }
  const none = takesReads(route) ? 'no probe was sent' : 'it takes writes alone, which no probe sends'
  return { route: name, state: 'unknown', by: undefined, at: undefined, why: `nothing was compared, and ${none}` }
}

/** Undefined when a verdict of this shadow came to a tally; otherwise why none did. */
async function probeOne(table: RouteTable, route: Route, options: ProbeOptions): Promise<string | undefined> {
  const made = probeRequest(table, route)
  if (made === undefined) return 'no read can be made up that this route takes'
  const { capability, arm, shadow } = decide(made.matched, { caller: undefined, justWrote: false, dice: 0 })
  if (capability === undefined || arm === undefined || shadow === undefined) return 'the route decides on no shadow'
  const asked = await askArm(made.request, capability[arm], { sender: options.sender, maxBytes: maxCopyBytes })
  if (!asked.ok) return `${arm} does not answer: ${asked.fault}`
  const tallied = await new Promise<RouteTally | undefined>((resolve) => {
    const probe = watched(options.clock, resolve)
    const job: ShadowJob = {
      ...{ request: made.request, route: route.name, capability, served: arm, upstream: shadow.upstream },
      ...{ answer: asked.answer, answeredAt: options.clock.now(), release: nothingHeld, probe },
    }
    options.shadow.offerJob(job)
  })
  return whyNot(tallied, otherArm(arm))
}

/** A tally of one request, which tells when it has something to tell. */
function watched(clock: Clock, told: (tally: RouteTally | undefined) => void): Tally {
  const tally = buildTally(clock)
  return {
    ...tally,
    record: (entry) => {
      tally.record(entry)
      told(tally.report()[0])
    },
    shed: (route) => {
      tally.shed(route)
      told(tally.report()[0])
    },
  }
}

function whyNot(tally: RouteTally | undefined, other: string): string | undefined {
  if (tally === undefined || tally.shed > 0) return whyShadowShed.full
  if (tally.compared > 0) return undefined
  const reason = notComparableReasons.find((each) => tally.notComparable[each] > 0)
  return reason === `${other}-failed` ? `${other} does not answer` : `not comparable: ${reason ?? 'unknown'}`
}

/** A probe's answer was read for it alone. */
const nothingHeld = () => undefined
