import type { ServerResponse } from 'node:http'
import { isJsonObject, type Json, type JsonObject } from '@banyan/toolkit/base'
import { readRouteTableText, revisionOf } from '@banyan/toolkit/routing'
import type {
  AppliedAnswer,
  AppliedReport,
  DrainedAnswer,
  FencedAnswer,
  HoldAnswer,
  HoldRef,
  HoldRequest,
  OwnerAnswer,
  OwnerRequest,
  ReleaseAnswer,
  ReloadAnswer,
} from '../admin/admin-api.ts'
import { adminPaths } from '../admin/admin-api.ts'
import { reloadRequest } from '../admin/admin-bodies.ts'
import { answerJson, refuseBody, refuseCall } from '../admin/admin-server.ts'
import { type Answered, answerNotAll, type Fanned, fanOut } from './fan-out.ts'
import type { InTurn } from './in-turn.ts'
import {
  mergeApplied,
  mergeDrained,
  mergeFenced,
  mergeHoldAnswers,
  mergeOwnerAnswers,
  mergeReleases,
  shareOfHold,
} from './merge/merge-cutover.ts'
import { type Reload, type ReloadingWorkers, reloadAll } from './reload-all.ts'
import { problemsOf } from './say-reload.ts'
import type { Told } from './told.ts'
import type { WorkerProcess } from './worker-process.ts'

/** A worker that has not done a change by then does not do it. A drain waits ten seconds by itself. */
const changeBoundMs = 8_000
const drainBoundMs = 12_000

type Change = (response: ServerResponse, body: Json | undefined) => Promise<void>

/** The calls that change an edge: each is answered when every worker has done it. */
export interface Changes {
  readonly hold: Change
  readonly drained: Change
  readonly fenced: Change
  readonly owner: Change
  readonly release: Change
  readonly applied: Change
  readonly reload: Change
  /** Has all workers read the file; with `revision`, only that one. */
  reloadNow(revision?: string): Promise<Reload>
  /** Why the file as it was read last is not live; empty when it is. Workers that started since have not read it. */
  refused(): readonly string[]
}

/** What changes need. */
export interface ChangesOptions extends ReloadingWorkers {
  readonly inTurn: InTurn
  readonly told: Told
  draining(): boolean
}

/** Builds the changes of an edge. What a body must be is the workers' to say: all have the same route table. */
export function buildChanges(given: ChangesOptions): Changes {
  let refusedNow: readonly string[] = []
  const options: ChangesOptions = {
    ...given,
    wentLive: async (text) => {
      refusedNow = []
      await given.wentLive(text)
    },
  }
  const { inTurn, told, workers } = options
  const ask = (path: string, body: Json | undefined, of = workers()) =>
    fanOut(of, () => ({ method: 'POST', path, body, boundMs: changeBoundMs }), options.client)
  const reloadNow = (revision?: string) =>
    inTurn(async () => {
      const reload = await reloadAll(revision, options)
      refusedNow = problemsOf(reload) ?? refusedNow
      return reload
    })
  return {
    hold: (response, body) => inTurn(() => hold(response, body, { ...options, ask })),
    drained: async (response, body) => {
      const call = { method: 'POST', path: adminPaths.drained, body, boundMs: drainBoundMs } as const
      const fanned = await fanOut(workers(), () => call, options.client)
      if (fanned.kind !== 'all') return answerNotAll(response, fanned)
      answerJson(response, 200, mergeDrained(valuesOf<DrainedAnswer>(fanned.answers)))
    },
    fenced: (response, body) =>
      inTurn(async () => {
        const fanned = await ask(adminPaths.fenced, body)
        const values = valuesOf<FencedAnswer>(fanned.kind === 'all' ? fanned.answers : fanned.done)
        // Some may be fenced when not all are: what joins now must not be softer than they.
        if (values.some(({ held }) => held)) told.fenced(body as unknown as HoldRef)
        if (fanned.kind !== 'all') return answerNotAll(response, fanned)
        answerJson(response, 200, mergeFenced(values))
      }),
    owner: (response, body) => inTurn(() => moveOwner(response, body, { ...options, ask })),
    release: (response, body) =>
      inTurn(async () => {
        const fanned = await ask(adminPaths.release, body)
        if (fanned.kind !== 'all') return answerNotAll(response, fanned)
        told.release(body as unknown as OwnerRequest)
        answerJson(response, 200, mergeReleases(valuesOf<ReleaseAnswer>(fanned.answers)))
      }),
    applied: (response, body) =>
      inTurn(async () => {
        const fanned = await ask(adminPaths.applied, body)
        if (fanned.kind !== 'all') return answerNotAll(response, fanned)
        const merged = mergeApplied(valuesOf<AppliedAnswer>(fanned.answers))
        if (merged.taken === true) told.applied(body as unknown as AppliedReport)
        answerJson(response, 200, merged)
      }),
    reload: async (response, body) => {
      const request = reloadRequest(body)
      if (!request.ok) return refuseBody(response, request.problem)
      const reload = await reloadNow(request.value.revision)
      if (reload.kind === 'not-all') return answerNotAll(response, reload.fanned)
      if (reload.kind === 'refused') return answerJson(response, 422, reload.answer)
      answerJson(response, 200, { revision: reload.revision } satisfies ReloadAnswer)
    },
    reloadNow,
    refused: () => refusedNow,
  }
}

type Asking = ChangesOptions & {
  ask(path: string, body: Json | undefined, of?: readonly WorkerProcess[]): Promise<Fanned>
}

/** Every worker holds its share of what may wait; where one of them does not hold, none does. */
async function hold(response: ServerResponse, body: Json | undefined, options: Asking): Promise<void> {
  const { told, draining, workers } = options
  if (draining()) return refuseCall(response, { status: 503, code: 'draining', detail: 'the edge is being stopped' })
  let fanned = await holdAll(body, options)
  if (fanned.kind === 'refused' && fanned.refusal.text.includes('"draining"')) {
    // Another worker has its place already: what it still executes must be over before anybody may call the hold complete.
    const held = new Set(fanned.done.map(({ worker }) => worker))
    await endOfAll(workers().filter((worker) => !held.has(worker)))
    fanned = await holdAll(body, options)
  }
  if (fanned.kind === 'all') {
    told.hold(body as unknown as HoldRequest)
    return answerJson(response, 200, mergeHoldAnswers(valuesOf<HoldAnswer>(fanned.answers)))
  }
  await letGo(body, fanned.done, options)
  answerNotAll(response, fanned)
}

function holdAll(body: Json | undefined, { workers, client }: Asking): Promise<Fanned> {
  const members = workers()
  const share = (at: number) => (canHold(body) ? { ...shareOfHold(body, at, members.length) } : body)
  return fanOut(
    members,
    (_worker, at) => ({ method: 'POST', path: adminPaths.hold, body: share(at), boundMs: changeBoundMs }),
    client,
  )
}

async function endOfAll(workers: readonly WorkerProcess[]): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, drainBoundMs)
  })
  await Promise.race([Promise.all(workers.map(({ ended }) => ended)), bound])
  clearTimeout(timer)
}

/** Those that began to hold let go again, to the owner that they know. */
async function letGo(body: Json | undefined, held: readonly Answered[], { ask }: Asking): Promise<void> {
  const [first] = held
  if (first === undefined || !isJsonObject(body)) return
  const { capability, epoch } = body
  const owner = await ownerAt(first.worker, String(capability), ask)
  if (owner === undefined) return
  await ask(
    adminPaths.release,
    { capability: capability ?? null, epoch: epoch ?? null, owner },
    held.map(({ worker }) => worker),
  )
}

async function ownerAt(worker: WorkerProcess, capability: string, ask: Asking['ask']): Promise<string | undefined> {
  const fanned = await ask(adminPaths.status, undefined, [worker])
  const status = fanned.kind === 'all' ? fanned.answers[0].value : undefined
  const known = isJsonObject(status) && Array.isArray(status.capabilities) ? status.capabilities : []
  const found = known.find((each): each is JsonObject => isJsonObject(each) && each.capability === capability)
  return typeof found?.owner === 'string' ? found.owner : undefined
}

/** One worker edits the file; the others find it edited, and no two of them ever write it at once. */
async function moveOwner(response: ServerResponse, body: Json | undefined, options: Asking): Promise<void> {
  const { ask, workers, told, routesFile, wentLive } = options
  const [writer, ...others] = workers()
  const first = await ask(adminPaths.owner, body, writer === undefined ? [] : [writer])
  if (first.kind !== 'all') return answerNotAll(response, first)
  told.owner(body as unknown as OwnerRequest)
  const rest = others.length === 0 ? undefined : await ask(adminPaths.owner, body, others)
  const answer = first.answers[0].value as unknown as OwnerAnswer
  const text = await readRouteTableText(routesFile).catch(() => undefined)
  // Else the file says something that is not live: who starts later begins with what is, and is told the owner.
  if (text !== undefined && revisionOf(text) === answer.revision) await wentLive(text)
  if (rest !== undefined && rest.kind !== 'all' && others.some((each) => !each.isGone()))
    return answerNotAll(response, rest)
  const more = rest?.kind === 'all' ? valuesOf<OwnerAnswer>(rest.answers) : []
  answerJson(response, 200, mergeOwnerAnswers([answer, ...more]))
}

function canHold(body: Json | undefined): body is JsonObject & HoldRequest {
  return isJsonObject(body) && typeof body.maxRequests === 'number' && typeof body.maxBytes === 'number'
}

// The workers' documents are ours, of the same release: their shapes are those of the admin API.
function valuesOf<Answer>(answers: readonly [Answered, ...Answered[]]): readonly [Answer, ...Answer[]]
function valuesOf<Answer>(answers: readonly Answered[]): readonly Answer[]
function valuesOf<Answer>(answers: readonly Answered[]): readonly Answer[] {
  return answers.map(({ value }) => value as unknown as Answer)
}
