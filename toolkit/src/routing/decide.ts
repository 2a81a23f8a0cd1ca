import { bucketCount, bucketOf, shareServes } from './cohort.ts'
import type { Matched } from './match.ts'
import { type Arm, type Capability, otherArm, type RouteTarget, safeMethods, type Upstream } from './route.ts'
import { formatServe } from './serve.ts'

/** What is known of a request beside its route. */
export interface DecideContext {
  /** Who sends it; undefined when callers cannot be told apart. */
  readonly caller: string | undefined
  /** Whether the caller wrote to this capability a moment ago, and must read what was written. */
  readonly justWrote: boolean
  /** A random number, 0 up to 1: whether this request is one of the shadowed share. */
  readonly dice: number
}

/** Who answers a request, and who else receives it only to be compared. */
export interface Decision {
  /** The route's name; for a method that no route names, the name of the route whose path it is. */
  readonly route: string
  readonly capability: Capability | undefined
  readonly arm: Arm | undefined
  readonly served: Upstream
  readonly shadow: { readonly arm: Arm; readonly upstream: Upstream } | undefined
  /** Whether the caller's bucket decided. */
  readonly byShare: boolean
  /** The caller's bucket (0 to 9999), where a share was looked at. */
  readonly bucket: number | undefined
  readonly why: string
}

/**
 * Decides who serves a matched request. Pure.
 *
 * | matched                               | served by                              | shadow            |
 * |---------------------------------------|----------------------------------------|-------------------|
 * | a route to a plain upstream           | that upstream                          | none              |
 * | a path of a capability, other method  | the owner                              | none              |
 * | a capability's route, just written    | the owner                              | as below          |
 * | ... `serve: legacy` or `service`      | that arm                               | the other arm     |
 * | ... `serve: owner`                    | the owner                              | the other arm     |
 * | ... `serve: 5%`, caller unknown       | legacy                                 | the other arm     |
 * | ... `serve: 5%`, bucket below 500     | service                                | the other arm     |
 * | ... `serve: 5%`, any other bucket     | legacy                                 | the other arm     |
 *
 * The shadow is only for safe methods (RFC 9110, section 9.2.1) unless the route says `shadow-writes`, and only when `dice`
 * falls into the route's share.
 */
export function decide(matched: Matched, context: DecideContext): Decision {
  if (matched.kind === 'owner') {
    const { capability, near } = matched
    const why = `no route names ${matched.method} on this path of ${capability.name}: its owner answers`
    return { ...byArm(near.name, capability, { arm: capability.owner, why }), shadow: undefined }
  }
  const { route } = matched
  if (route.target.kind === 'upstream') return byUpstream(route.name, route.target.upstream)
  const choice = chosen(route.target, context)
  const { shadowPercent, shadowWrites } = route.target
  const mayBe = safeMethods.has(matched.method) || shadowWrites !== undefined
  const shadowed = mayBe && falls(context.dice, shadowPercent)
  const decision = byArm(route.name, route.target.capability, choice)
  return shadowed ? { ...decision, shadow: shadowOf(route.target.capability, choice.arm) } : decision
}

interface Choice {
  readonly arm: Arm
  readonly why: string
  readonly bucket?: number
}

function chosen(target: Extract<RouteTarget, { kind: 'capability' }>, context: DecideContext): Choice {
  const { capability, serve } = target
  if (serve.kind === 'owner') return { arm: capability.owner, why: `serve: owner, which is ${capability.owner}` }
  if (context.justWrote) return { arm: capability.owner, why: `the caller has just written: the owner answers` }
  if (serve.kind !== 'share') return { arm: serve.kind, why: `serve: ${serve.kind}` }
  const share = `serve: ${formatServe(serve)}`
  if (context.caller === undefined) return { arm: 'legacy', why: `${share}, but the caller is unknown: legacy answers` }
  const bucket = bucketOf(capability.name, context.caller)
  const arm = shareServes(serve.percent, bucket) ? 'service' : 'legacy'
  const side = arm === 'service' ? 'below' : 'not below'
  return {
    arm,
    bucket,
    why: `${share}: bucket ${bucket} is ${side} ${Math.round(serve.percent * 100)} of ${bucketCount}`,
  }
}

function byUpstream(route: string, served: Upstream): Decision {
  const why = `a plain route to ${served.name}`
  const none = { capability: undefined, arm: undefined, shadow: undefined, bucket: undefined }
  return { route, served, why, byShare: false, ...none }
}

function byArm(route: string, capability: Capability, choice: Choice): Decision {
  const { arm, bucket, why } = choice
  const byShare = bucket !== undefined
  return { route, capability, arm, served: capability[arm], shadow: undefined, byShare, bucket, why }
}

function shadowOf(capability: Capability, served: Arm): Decision['shadow'] {
  const arm = otherArm(served)
  return { arm, upstream: capability[arm] }
}

function falls(dice: number, percent: number): boolean {
  return percent >= 100 || dice * 100 < percent
}
