import { isJsonObject, type Json, type JsonObject, nearestWord } from '@banyan/toolkit/base'
import type { AppliedReport, RecordingRequest, ReloadRequest, TapRequest, WhyRequest } from './admin-api.ts'

/** A body that says what the call needs, or the first thing that is wrong with it. */
export type AdminBody<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string }

/** The body of `POST /reload`; none wants whatever the file holds. */
export function reloadRequest(body: Json | undefined): AdminBody<ReloadRequest> {
  const object = objectOf(body)
  if (object === undefined) return wrong('the body is no JSON object')
  const { revision } = object
  if (revision === undefined) return { ok: true, value: {} }
  if (typeof revision !== 'string' || !/^[0-9a-f]{12}$/.test(revision)) return wrong('revision is not 12 hex digits')
  return { ok: true, value: { revision } }
}

/** The body of `POST /recording`; none records every route until the reader leaves. */
export function recordingRequest(body: Json | undefined, known: ReadonlySet<string>): AdminBody<RecordingRequest> {
  const object = objectOf(body)
  if (object === undefined) return wrong('the body is no JSON object')
  const { routes, count, vaultKey, standing } = object
  if (standing !== undefined && standing !== true) return wrong('standing is not true')
  if (count !== undefined && !(typeof count === 'number' && Number.isInteger(count) && count > 0)) {
    return wrong('count is not a whole number above 0')
  }
  if (vaultKey !== undefined && !(typeof vaultKey === 'string' && /^[A-Za-z0-9_-]{43}$/.test(vaultKey))) {
    return wrong('vaultKey is not 32 bytes as base64url')
  }
  const rest = {
    ...(count === undefined ? {} : { count }),
    ...(vaultKey === undefined ? {} : { vaultKey }),
    ...(standing === undefined ? {} : { standing }),
  }
  const names = routeNames(routes, known)
  return names.ok ? { ok: true, value: { ...names.value, ...rest } } : names
}

/** Some routes by name; none given, or an empty list, means all. */
function routeNames(
  routes: Json | undefined,
  known: ReadonlySet<string>,
): AdminBody<{ readonly routes?: readonly string[] }> {
  if (routes === undefined) return { ok: true, value: {} }
  if (!Array.isArray(routes)) return wrong('routes is not a list of route names')
  const names: string[] = []
  for (const name of routes as readonly Json[]) {
    if (typeof name !== 'string') return wrong('routes is not a list of route names')
    if (!known.has(name)) return wrong(`no route "${name}"${didYouMean(name, known)}`)
    names.push(name)
  }
  return { ok: true, value: names.length === 0 ? {} : { routes: names } }
}

/** The body of `POST /why`. */
export function whyRequest(body: Json | undefined): AdminBody<WhyRequest> {
  const id = objectOf(body)?.id
  if (typeof id !== 'string' || id.length === 0 || id.length > 200) return wrong('id is not the id of a request')
  return { ok: true, value: { id } }
}

/** The body of `POST /tap`; none shows every route. */
export function tapRequest(body: Json | undefined, known: ReadonlySet<string>): AdminBody<TapRequest> {
  const object = objectOf(body)
  if (object === undefined) return wrong('the body is no JSON object')
  const { errors, perSecond } = object
  if (errors !== undefined && typeof errors !== 'boolean') return wrong('errors is neither true nor false')
  const isRate = typeof perSecond === 'number' && Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= 5000
  if (perSecond !== undefined && !isRate) return wrong('perSecond is not a whole number from 1 to 5000')
  const names = routeNames(object.routes, known)
  if (!names.ok) return names
  const rest = { ...(errors === undefined ? {} : { errors }), ...(isRate ? { perSecond } : {}) }
  return { ok: true, value: { ...names.value, ...rest } }
}

/** The body of `POST /applied`; `through` can only be a time that this edge has given out. */
export function appliedReport(
  body: Json | undefined,
  { known, now }: { readonly known: ReadonlyMap<string, unknown>; readonly now: number },
): AdminBody<AppliedReport> {
  const object = objectOf(body)
  if (object === undefined || typeof object.capability !== 'string') return wrong('capability is missing')
  const { capability, through, from } = object
  if (!known.has(capability)) return wrong(`no capability "${capability}"${didYouMean(capability, known.keys())}`)
  if (from !== undefined && from !== 'legacy' && from !== 'service') return wrong('from is not legacy or service')
  if (through === undefined) return { ok: true, value: { capability } }
  if (typeof through !== 'number' || !(through >= 0 && through <= now)) {
    return wrong('through is not a time that this edge gave out: milliseconds since 1970, not in the future')
  }
  return { ok: true, value: { capability, through, ...(from === undefined ? {} : { from }) } }
}

/** The object that a body is; an empty one when there is none. */
export function objectOf(body: Json | undefined): JsonObject | undefined {
  if (body === undefined) return {}
  return isJsonObject(body) ? body : undefined
}

/** ` Did you mean "users"?`, or nothing. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const nearest = nearestWord(word, known)
  return nearest === undefined ? '' : `. Did you mean "${nearest}"?`
}

/** A body that is not what the call needs. */
export function wrong(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem }
}
