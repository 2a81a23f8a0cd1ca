import type { Json } from '@banyan/toolkit/base'
import type { Arm } from '@banyan/toolkit/routing'
import type { DrainedRequest, HoldRef, HoldRequest, OwnerRequest } from './admin-api.ts'
import { type AdminBody, didYouMean, objectOf, wrong } from './admin-bodies.ts'

const longestHoldMs = 60_000
const mostRequests = 100_000
const mostBytes = 1024 * 1024 * 1024
const longestDrainMs = 10_000

/** Capabilities that the route table has. */
type Known = ReadonlyMap<string, unknown>

/** The body of `POST /hold`. */
export function holdRequest(body: Json | undefined, known: Known): AdminBody<HoldRequest> {
  const ref = holdRef(body, known)
  if (!ref.ok) return ref
  const read = numbersIn(body, { maxHoldMs: longestHoldMs, maxRequests: mostRequests, maxBytes: mostBytes })
  if (!read.ok) return read
  const { maxHoldMs, maxRequests, maxBytes } = read.value
  if (ref.value.epoch === 0) return wrong('epoch 0 is before any cutover')
  if (maxHoldMs === 0) return wrong('maxHoldMs is 0')
  return { ok: true, value: { ...ref.value, maxHoldMs, maxRequests, maxBytes } }
}

/** The body of `POST /drained`. */
export function drainedRequest(body: Json | undefined, known: Known): AdminBody<DrainedRequest> {
  const ref = holdRef(body, known)
  if (!ref.ok) return ref
  const read = numbersIn(body, { withinMs: longestDrainMs })
  return read.ok ? { ok: true, value: { ...ref.value, withinMs: read.value.withinMs } } : read
}

/** The body of `POST /owner` and of `POST /release`. */
export function ownerRequest(body: Json | undefined, known: Known): AdminBody<OwnerRequest> {
  const ref = holdRef(body, known)
  if (!ref.ok) return ref
  const owner: Json | undefined = objectOf(body)?.owner
  return isArm(owner) ? { ok: true, value: { ...ref.value, owner } } : wrong('owner is not legacy or service')
}

/** The body of `POST /fenced`: which hold. */
export function holdRef(body: Json | undefined, known: Known): AdminBody<HoldRef> {
  const object = objectOf(body)
  if (object === undefined || typeof object.capability !== 'string') return wrong('capability is missing')
  const { capability, epoch } = object
  if (!known.has(capability)) return wrong(`no capability "${capability}"${didYouMean(capability, known.keys())}`)
  if (!isWhole(epoch, Number.MAX_SAFE_INTEGER)) return wrong('epoch is not a whole number from 0 on')
  return { ok: true, value: { capability, epoch } }
}

function numbersIn<Name extends string>(
  body: Json | undefined,
  highest: Readonly<Record<Name, number>>,
): AdminBody<Readonly<Record<Name, number>>> {
  const object = objectOf(body) ?? {}
  for (const name of Object.keys(highest) as Name[]) {
    if (!isWhole(object[name], highest[name])) return wrong(`${name} is not a whole number from 0 to ${highest[name]}`)
  }
  return { ok: true, value: object as Readonly<Record<Name, number>> }
}

function isWhole(value: Json | undefined, highest: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= highest
}

function isArm(value: Json | undefined): value is Arm {
  return value === 'legacy' || value === 'service'
}
