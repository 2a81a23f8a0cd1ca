import type { Clock } from '@banyan/toolkit/base'
import type { AppliedReport, HoldRef, HoldRequest, OwnerRequest } from '../admin/admin-api.ts'
import { adminPaths } from '../admin/admin-api.ts'

/** A call that brings a new worker to what the others know. */
export interface ToldCall {
  readonly path: string
  readonly body: object
}

/** What the workers were told, and a later one must be told before it lets clients in. */
export interface Told {
  hold(request: HoldRequest): void
  fenced(ref: HoldRef): void
  owner(request: OwnerRequest): void
  release(request: OwnerRequest): void
  applied(report: AppliedReport): void
  /** In the order in which they must be made. */
  calls(): readonly ToldCall[]
  /** Whether a hold is on, as far as its own bound says. */
  holds(): boolean
  ownerOf(capability: string): OwnerRequest | undefined
}

/** A hold that ran out while fenced goes on refusing for so long (hold/hold.ts). */
const refusingMs = 15_000

interface Begun {
  readonly request: HoldRequest
  readonly endsAtMs: number
  fenced: boolean
}

/** Builds an empty memory: one hold, one owner and one report for each capability. */
export function buildTold(clock: Pick<Clock, 'monotonic'>): Told {
  const begun = new Map<string, Begun>()
  const owners = new Map<string, OwnerRequest>()
  const released = new Map<string, OwnerRequest>()
  const reports = new Map<string, AppliedReport>()
  const isOn = ({ endsAtMs, fenced }: Begun) => clock.monotonic() < endsAtMs + (fenced ? refusingMs : 0)
  const holdsOn = () => [...begun.values()].filter(isOn)
  return {
    hold: (request) => {
      const before = begun.get(request.capability)
      const fenced = before?.request.epoch === request.epoch && before.fenced
      begun.set(request.capability, { request, endsAtMs: clock.monotonic() + request.maxHoldMs, fenced })
    },
    fenced: ({ capability, epoch }) => {
      const hold = begun.get(capability)
      if (hold?.request.epoch === epoch) hold.fenced = true
    },
    owner: (request) => newest(owners, request),
    release: (request) => {
      newest(owners, request)
      newest(released, request)
      if ((begun.get(request.capability)?.request.epoch ?? 0) <= request.epoch) begun.delete(request.capability)
    },
    applied: (report) => void reports.set(report.capability, report),
    calls: () => [
      // By a release, which moves no file: an operator may have changed it since.
      ...[...released.values()].map((body) => ({ path: adminPaths.release, body })),
      ...holdsOn().flatMap((hold) => holdCalls(hold, clock.monotonic())),
      ...[...owners.values()]
        .filter(({ capability, epoch }) => epoch > (released.get(capability)?.epoch ?? 0))
        .map((body) => ({ path: adminPaths.owner, body })),
      ...[...reports.values()].map((body) => ({ path: adminPaths.applied, body })),
    ],
    holds: () => holdsOn().length > 0,
    ownerOf: (capability) => owners.get(capability),
  }
}

function newest(known: Map<string, OwnerRequest>, { capability, epoch, owner }: OwnerRequest): void {
  if (epoch >= (known.get(capability)?.epoch ?? 0)) known.set(capability, { capability, epoch, owner })
}

function holdCalls({ request, endsAtMs, fenced }: Begun, nowMs: number): readonly ToldCall[] {
  const { capability, epoch } = request
  const body = { ...request, maxHoldMs: Math.max(1, Math.round(endsAtMs - nowMs)) }
  const hold = { path: adminPaths.hold, body }
  return fenced ? [hold, { path: adminPaths.fenced, body: { capability, epoch } }] : [hold]
}
