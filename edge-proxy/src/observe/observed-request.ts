import { basename } from 'node:path'
import { describeDifference, type Verdict } from '@banyan/toolkit/compare/tally'
import { bucketOf, type Matched, type RouteMatch, type RouteTable } from '@banyan/toolkit/routing'
import type { ObservedShadow, RefusedRequest, ServedRequest } from '../admin/observe-api.ts'
import { isLeftByClient, type Outcome, type Passage, servedBy } from '../passage/passage.ts'
import { whyShadowShed } from '../passage/shadow-shed.ts'
import type { Refusal } from '../request/refusal.ts'

const maxTarget = 2048
const maxDifferences = 10

/** How its target is shown, and when the request ended: ms of the monotonic clock. */
export interface Seeing {
  redact(target: string): string
  readonly endedMs: number
}

/** What of a passage is shown: without the streams, which would live as long as it is awaited. */
export type SeenPassage = Pick<
  Passage,
  'request' | 'decision' | 'caller' | 'notes' | 'heldMs' | 'table' | 'matched' | 'fallback' | 'shadowShed'
>

/** What is shown of a passage, in an object of its own. */
export function seenPassage(passage: SeenPassage): SeenPassage {
  const { request, decision, caller, notes, heldMs, table, matched, fallback, shadowShed } = passage
  return { request, decision, caller, notes, heldMs, table, matched, fallback, shadowShed }
}

/** How a request is seen that has ended, its target without secrets. */
export function observedRequest(passage: SeenPassage, outcome: Outcome, { redact, endedMs }: Seeing): ServedRequest {
  const { request, decision, caller, notes, heldMs, table, matched } = passage
  return {
    kind: 'served',
    id: request.id,
    traceId: request.trace.traceId,
    at: new Date(request.at).toISOString(),
    method: request.method,
    target: shortened(redact(request.target)),
    client: request.client.address,
    route: decision.route,
    capability: decision.capability?.name,
    match: matchText(matched),
    place: placeOf(matched, table),
    revision: table.revision,
    caller: { by: caller.by, bucket: bucketOfCaller(passage) },
    arm: servedBy(decision),
    why: decision.why,
    upstream: (notes.fallback === undefined ? decision.served : (passage.fallback ?? decision.served)).name,
    url: notes.url,
    status: outcome.status,
    ...ending(outcome),
    timings: {
      heldMs: inMs(heldMs),
      queuedMs: inMs(notes.queuedMs),
      connectMs: inMs(notes.connectMs),
      headMs: inMs(notes.headMs),
      totalMs: Math.round((endedMs - request.startedMs) * 100) / 100,
    },
    attempts: notes.attempts,
    fallback: notes.fallback,
    shadow: beginningShadow(passage, outcome),
  }
}

function beginningShadow({ decision, shadowShed }: SeenPassage, outcome: Outcome): ObservedShadow | undefined {
  if (decision.shadow === undefined) return undefined
  const { arm } = decision.shadow
  if (isLeftByClient(outcome)) return { ...noVerdict, arm, verdict: 'left-out', why: 'the client left' }
  if (shadowShed !== undefined) return { ...noVerdict, arm, verdict: 'left-out', why: whyShadowShed[shadowShed] }
  return { ...noVerdict, arm, verdict: 'waiting' }
}

/** Whether people look for a request like this one first: it failed, or another arm had to answer. */
export function isFailure({ notes }: Pick<Passage, 'notes'>, outcome: Outcome): boolean {
  return outcome.status >= 500 || notes.fallback !== undefined || isCutUpstream(outcome)
}

function isCutUpstream(outcome: Outcome): boolean {
  return outcome.kind !== 'answered' && !isLeftByClient(outcome)
}

/** The same request with what comparing its two answers gave. */
export function withVerdict(request: ServedRequest, verdict: Verdict): ServedRequest {
  if (request.shadow === undefined) return request
  return { ...request, shadow: { arm: request.shadow.arm, ...seenVerdict(verdict) } }
}

/** The same request, whose shadow was left out. */
export function withoutShadow(request: ServedRequest, why: string): ServedRequest {
  if (request.shadow === undefined) return request
  return { ...request, shadow: { ...request.shadow, verdict: 'left-out', why } }
}

/** What of a request was read by the time it was refused. */
export interface AboutRefused {
  readonly method?: string
  readonly target?: string
  /** The other end of its connection. */
  readonly peer?: string | undefined
  /** Who sent it, where that is known to be another. */
  readonly client?: string
  readonly route?: string
}

/** How a request is seen that the edge answered itself. */
export function refusedRequest(id: string, { status, code, detail }: Refusal, about: AboutRefused): RefusedRequest {
  const { method, target, peer, client = peer, route } = about
  const what = { method, target: target && shortened(target), client, route }
  return { kind: 'refused', id, at: new Date().toISOString(), status, code, detail, ...what }
}

const noVerdict = { why: undefined, differences: [], differencesLeftOut: 0 } as const

function seenVerdict(verdict: Verdict): Omit<ObservedShadow, 'arm'> {
  switch (verdict.kind) {
    case 'match':
      return { ...noVerdict, verdict: 'match' }
    case 'not-comparable':
      return { ...noVerdict, verdict: 'not-comparable', why: verdict.why }
    case 'noise':
    case 'mismatch': {
      const shown = verdict.differences.slice(0, maxDifferences)
      const hidden = verdict.differences.length - shown.length + (verdict.leftOut ?? 0)
      const differences = shown.map((difference) => describeDifference(difference))
      return { verdict: verdict.kind, why: undefined, differences, differencesLeftOut: hidden }
    }
    default: {
      const never: never = verdict
      return never
    }
  }
}

function ending(outcome: Outcome): Pick<ServedRequest, 'outcome' | 'fault' | 'detail'> {
  switch (outcome.kind) {
    case 'answered':
      return { outcome: 'answered', fault: undefined, detail: undefined }
    case 'cut':
      return { outcome: `cut-by-${outcome.by}`, fault: undefined, detail: outcome.detail }
    case 'fault':
      return { outcome: 'fault', fault: outcome.fault, detail: outcome.detail }
    default: {
      const never: never = outcome
      return never
    }
  }
}

function bucketOfCaller({ caller, decision }: SeenPassage): number | undefined {
  if (decision.bucket !== undefined) return decision.bucket
  if (decision.capability === undefined || caller.id === undefined) return undefined
  return bucketOf(decision.capability.name, caller.id)
}

function matchText(matched: Matched): string {
  return matched.kind === 'route' ? patternText(matched.route.match) : patternText(matched.near.match)
}

function patternText({ host, methods, path, headers, query }: RouteMatch): string {
  const needs = [...headers.keys()].map((name) => `header ${name}`).concat([...query.keys()].map((name) => `?${name}`))
  return [methods.join(', '), `${host ?? ''}${path}`, ...needs].filter((part) => part !== '').join(' ')
}

function placeOf(matched: Matched, table: RouteTable): string {
  const { line } = matched.kind === 'route' ? matched.route : matched.near
  return `${basename(table.file)}:${line}`
}

function shortened(target: string): string {
  return target.length > maxTarget ? `${target.slice(0, maxTarget)}...` : target
}

function inMs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms * 100) / 100
}
